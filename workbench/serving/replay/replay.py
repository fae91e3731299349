"""Runs a version over what was logged, and says where it would have answered otherwise."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.registry.version import Version

if TYPE_CHECKING:
    import polars as pl

    from workbench.project import ModelConfig, Project
    from workbench.serving.replay.report import Disagreement, Replay

_BAR = 0.5
_FURTHEST = 5


def replay(
    version: Version,
    project: Project,
    *,
    since: datetime,
    until: datetime,
    by: Sequence[str] = (),
    bar: float | None = None,
) -> Replay:
    """Ask a version about every row that callers were answered in a time.

    Args:
        version: the one that nobody has met yet.
        project: whose log it is.
        since: project time, the first moment.
        until: project time, the first moment after it.
        by: columns to look at slice by slice; when empty, those that the model's gate for slices names,
            or else those that hold a few names of things.
        bar: from which score on a row is decided as 1; the threshold that a gate declares, or 0.5, when None.

    Raises:
        UsageError: nothing was logged in that time, or nothing of a column that the version takes.
        IntegrityError: the version's files are not those that were recorded.
        UnknownNameError: the log holds no such column.
    """
    from workbench.serving.model import load_served
    from workbench.serving.replay.compare import compare
    from workbench.serving.replay.rescore import rescore

    config = project.model(version.model)
    frame = _logged(version.model, project, since, until)
    served = load_served(version, project)
    named = {column.name for column in served.columns}
    unknown = tuple(name for name in config.sensitive if name in named)
    again = rescore(served, frame, unknown)
    decided_at = bar if bar is not None else _declared_bar(config)
    compared = compare(frame, again.answers, config.task, decided_at)
    return _report(
        version,
        config,
        frame=frame,
        compared=compared,
        by=by,
        since=since,
        until=until,
        refused=again.refused,
        refusal=again.refusal,
        decided_at=decided_at if config.task == "binary" else None,
        unknown=unknown,
    )


def _logged(model: str, project: Project, since: datetime, until: datetime) -> pl.DataFrame:
    from workbench.serving.log import PredictionLog

    frame = PredictionLog(project).window(model, since, until)
    if not frame.height:
        raise UsageError(
            f"Nothing was logged of {model!r} from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC.",
            hint="Ask for a longer --window, or one that ends earlier with --until.",
        )
    return frame


def _report(
    version: Version,
    config: ModelConfig,
    *,
    frame: pl.DataFrame,
    compared: pl.DataFrame,
    by: Sequence[str],
    **said: Any,
) -> Replay:
    from workbench.serving.replay.compare import CHANGED, DIFFERENCE, SHIFT
    from workbench.serving.replay.report import Replay
    from workbench.serving.replay.slices import slices

    counts = frame["version"].value_counts().sort("version").iter_rows()
    decides = compared[CHANGED].count() > 0
    return Replay(
        model=version.model,
        version=version.number,
        against=dict(counts),
        rows=frame.height,
        compared=compared.height,
        mean=_number(compared[DIFFERENCE].mean()),
        maximum=_number(compared[DIFFERENCE].max()),
        shift=_number(compared[SHIFT].mean()),
        changed=int(compared[CHANGED].sum()) if decides else None,
        disagreements=tuple(_furthest(compared)),
        slices=tuple(slices(compared, by or _sliced_by(config, compared))),
        **said,
    )


def _furthest(compared: pl.DataFrame) -> list[Disagreement]:
    import polars as pl

    from workbench.serving.replay.compare import CHANGED, DIFFERENCE
    from workbench.serving.replay.report import Disagreement

    apart = compared.filter((pl.col(DIFFERENCE) > 0) | pl.col(CHANGED))
    first = apart.sort(DIFFERENCE, CHANGED, descending=True, nulls_last=True).head(_FURTHEST)
    return [
        Disagreement(
            row["prediction_id"],
            row["version"],
            row["answer"] if row["score"] is None else _single(row["score"]),
            _parsed(row["replayed"]),
            row[DIFFERENCE],
        )
        for row in first.iter_rows(named=True)
    ]


def _single(score: list[float]) -> Any:
    return score[0] if len(score) == 1 else score


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _declared_bar(config: ModelConfig) -> float:
    """Return the threshold that a gate declares, the first one's when several do."""
    declared = (gate["threshold"] for gate in config.gates.values() if "threshold" in gate)
    return float(next(declared, _BAR))


def _sliced_by(config: ModelConfig, compared: pl.DataFrame) -> list[str]:
    from workbench.serving.replay.slices import columns_of, worth_slicing

    known = columns_of(compared)
    gates = (gate for name, gate in config.gates.items() if gate.get("kind", name) == "slices")
    named = [column for gate in gates for column in gate.get("by", ()) if column in known]
    return list(dict.fromkeys(named)) or worth_slicing(compared)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
