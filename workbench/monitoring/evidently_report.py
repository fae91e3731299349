"""Evidently's report of a window, for people: made when somebody asks for it, or when an alert fires."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError, WorkbenchError

if TYPE_CHECKING:
    import pandas as pd

    from workbench.data.drift import Reference

ROWS = 5_000
"""Rows of either side that are drawn; of more, a sample is."""
COLUMNS = 20
"""Columns that are drawn: each costs a quarter of a second, and nobody reads a hundred."""


@dataclass(frozen=True)
class Wanted:
    """A report that somebody wants.

    Attributes:
        root: the project's folder.
        model: its name.
        since: the window's first moment.
        until: the first moment after it.
        reference: the version that the window was held against; None: none.
        path: of the HTML file, whose folder is there.
        first: columns that are drawn before all others, as far as there are too many.
    """

    root: Path
    model: str
    since: datetime
    until: datetime
    reference: int | None
    path: Path
    first: tuple[str, ...] = ()


def write_report(wanted: Wanted) -> None:
    """Write the report of a window against a version's reference as one HTML file.

    Raises:
        UsageError: there is no reference, or nothing was logged.
        WorkbenchError: Evidently cannot make a report of it.
    """
    from workbench.clock import SystemClock
    from workbench.ledger import open_ledger
    from workbench.monitoring.reference import References
    from workbench.project import load_project
    from workbench.registry.model import read_model
    from workbench.serving.log import PredictionLog

    project = load_project(wanted.root)
    ledger = open_ledger(project.layout.ledger_url, SystemClock())
    try:
        state = read_model(ledger, wanted.model)
    finally:
        ledger.close()
    references = References(project, project.model(wanted.model), state, wanted.reference)
    held = references.reference
    if held is None:
        raise UsageError(
            f"Evidently compares a window of {wanted.model!r} with a reference, but there is none.",
            hint=references.doubt,
        )
    rows = PredictionLog(project).window(wanted.model, wanted.since, wanted.until)
    if "features" not in rows.columns or not rows.height:
        raise UsageError(
            f"Nothing was logged of {wanted.model!r} in this window.",
            hint="Ask for another --since and --until.",
        )
    drawn = rows.sample(min(ROWS, rows.height), seed=0).select("features").unnest("features")
    _write(held, drawn.to_pandas(), wanted)


def _write(held: Reference, window: pd.DataFrame, wanted: Wanted) -> None:
    os.environ.setdefault("DO_NOT_TRACK", "1")
    reference = held.sample(min(ROWS, held.rows))
    names = [
        name for name in reference.columns if name in window.columns and _usable(name, reference, window)
    ]
    if not names:
        raise UsageError("No column of this window can be compared.", hint="See the checks of its quality.")
    rank = {name: place for place, name in enumerate(wanted.first)}
    names = sorted(names, key=lambda name: rank.get(name, len(rank)))[:COLUMNS]
    try:
        snapshot = _run(_alike(window[names], reference[names]), reference[names])
        partial = wanted.path.with_suffix(".part.html")
        snapshot.save_html(str(partial))
        partial.replace(wanted.path)
    except Exception as error:  # what Evidently raises is no part of its interface
        raise WorkbenchError(
            f"Evidently could not make a report: {type(error).__name__}: {error}",
            hint="The checks themselves stand; see them with: workbench show last",
        ) from error


def _run(window: pd.DataFrame, reference: pd.DataFrame) -> Any:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, about the libraries that it uses
        from evidently import DataDefinition, Dataset, Report
        from evidently.presets import DataDriftPreset, DataSummaryPreset

        numbers = [name for name in reference.columns if reference[name].dtype.kind in "fi"]
        definition = DataDefinition(
            numerical_columns=numbers,
            categorical_columns=[name for name in reference.columns if name not in numbers],
        )
        sides = [Dataset.from_pandas(each, data_definition=definition) for each in (window, reference)]
        presets = [
            DataDriftPreset(num_method="wasserstein", cat_method="jensenshannon"),
            DataSummaryPreset(),
        ]
        return Report(presets).run(*sides)


def _usable(name: str, reference: pd.DataFrame, window: pd.DataFrame) -> bool:
    return bool(reference[name].notna().any() and window[name].notna().any())


def _alike(window: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """Return the window with columns of the reference's types: names as texts, all else as numbers."""
    import pandas as pd

    made = {}
    for name in reference.columns:
        if reference[name].dtype.kind in "fi":
            made[name] = pd.to_numeric(window[name], errors="coerce").astype("float64")
        else:
            values = window[name]
            made[name] = values.map(_as_text).where(values.notna(), None)
    return pd.DataFrame(made)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
