"""Whether the window's data is fit to conclude anything from: columns, values, scores and truths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from workbench.monitoring.finding import QUALITY, Check
from workbench.monitoring.window import SHADOW, Window, scores_of, truths_of
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from workbench.project.monitoring import QualityConfig

    Floats = NDArray[np.float64]

_TOLD = 5  # values, or columns, that a note names


@dataclass(frozen=True)
class Known:
    """What training saw of a column.

    Attributes:
        missing: share of its rows without a value.
        values: all categories that it saw; None: it holds numbers, or too many values to have kept all.
        varied: whether it saw more than one value.
    """

    missing: float
    values: frozenset[str] | None = None
    varied: bool = True


def quality(
    window: Window, known: Mapping[str, Known], config: QualityConfig, doubt: str = ""
) -> Iterator[Check]:
    """Yield the checks of the columns that were logged against those that training saw.

    Args:
        window: what was logged.
        known: the columns that training saw; empty where there is no reference.
        config: the limits.
        doubt: why there is no reference; empty when there is one.
    """
    features = window.features
    if not features.height:
        yield Check(QUALITY, "columns", Verdict.INCONCLUSIVE, "no row was logged in this window")
        return
    yield duplicates(window, config)
    if doubt:
        yield Check(QUALITY, "columns", Verdict.INCONCLUSIVE, doubt)
        return
    logged = {
        name: features[name] for name in features.columns if features[name].null_count() < features.height
    }
    yield _columns(features, logged, known)
    both = {name: values for name, values in logged.items() if name in known}
    yield from _missing(features, known, config.missing)
    yield from _unseen(both, known, config.unseen)
    for name, values in both.items():
        if known[name].varied and values.drop_nulls().n_unique() == 1:
            note = f"every row has the value {values.drop_nulls()[0]}, which training saw to vary"
            yield Check(QUALITY, f"{name} constant", Verdict.INCONCLUSIVE, note, evidence={"column": name})


def scores(window: Window, task: str) -> Check:
    """Return the check that every answer is a number which the task allows."""
    rows = window.rows
    if not rows.height:
        return Check(QUALITY, "scores", Verdict.INCONCLUSIVE, "no row was answered in this window")
    _, good = scores_of(rows, task)
    bad = int((~good).sum())
    if not bad:
        return Check(QUALITY, "scores", Verdict.PASS, value=0.0, limit=0.0)
    wanted = "values" if task == "regression" else "probabilities from 0 to 1"
    note = f"{bad:,} of {rows.height:,} answers are no {wanted}; nothing is concluded from them"
    return Check(QUALITY, "scores", Verdict.INCONCLUSIVE, note, bad / rows.height, limit=0.0)


def labels(
    window: Window, task: str, classes: Sequence[Any], config: QualityConfig, delay: timedelta
) -> Iterator[Check]:
    """Yield the checks of the truths: that they are there, are of rows, and are allowed."""
    import polars as pl

    answered = window.judged.filter(pl.col("arm") != SHADOW)
    if not answered.height:
        yield Check(QUALITY, "labels", Verdict.INCONCLUSIVE, "no row was logged whose truth is due")
    else:
        truth, known = truths_of(answered, task, classes)
        yield _unlabelled(window, answered.height, int(known.sum()), config.unlabelled)
        odd = answered.filter(pl.Series(known & ~allowed(truth, task, len(classes))))
        if odd.height:
            such = odd.select(pl.coalesce(pl.col("label_text"), pl.col("label").cast(pl.String)))[0, 0]
            note = f"{odd.height:,} truths are none that a {task} model is judged by, such as {such}"
            share = odd.height / int(known.sum())
            yield Check(QUALITY, "strange labels", Verdict.INCONCLUSIVE, note, share, limit=0.0)
    yield from _unknown(window, config.unknown, delay)


def allowed(truth: Floats, task: str, classes: int) -> NDArray[np.bool_]:
    """Return which truths a model of a task can be judged by; `classes` is 0 where nobody says how many."""
    import numpy as np

    finite: NDArray[np.bool_] = np.isfinite(truth)
    if task == "regression":
        return finite
    most = 2 if task == "binary" else classes or np.inf
    found: NDArray[np.bool_] = finite & (truth >= 0) & (truth < most) & (truth == np.floor(truth))
    return found


def doubt_of(window: Window, task: str, classes: Sequence[Any], most: float) -> str:
    """Return why truths are too few to stand for all rows; empty when they do."""
    import polars as pl

    answered = window.judged.filter(pl.col("arm") != SHADOW)
    if not answered.height:
        return "no row was logged whose truth is due"
    truth, known = truths_of(answered, task, classes)
    known &= allowed(truth, task, len(classes))
    missing = 1 - int(known.sum()) / answered.height
    if not known.any():
        return f"no truth is known of the {answered.height:,} rows whose truth is due"
    if missing > most:
        return f"{missing:.0%} of the rows whose truth is due have none, so the others may be no fair sample"
    return ""


def duplicates(window: Window, config: QualityConfig) -> Check:
    """Return the check of rows that were asked again: same entity, same columns."""
    import polars as pl

    rows = window.rows
    same = [
        pl.col("entity"),
        pl.col("version"),
        *([pl.col("features")] if "features" in rows.columns else []),
    ]
    asked = rows.filter(pl.col("entity").is_not_null())
    if not asked.height:
        return Check(
            QUALITY, "duplicates", Verdict.PASS, "no row names its entity, so none is another's copy"
        )
    again = asked.height - asked.select(pl.struct(same).hash().n_unique()).item()
    share = again / rows.height
    note = f"{again:,} rows were asked again with the same values" if again else ""
    return Check(
        QUALITY, "duplicates", _beyond(share, config.duplicates), note, share, limit=config.duplicates
    )


def _columns(features: pl.DataFrame, logged: Mapping[str, pl.Series], known: Mapping[str, Known]) -> Check:
    vanished = sorted(set(known) - set(logged))
    new = sorted(set(logged) - set(known))
    evidence = {"vanished": vanished, "new": new}
    if not vanished and not new:
        return Check(QUALITY, "columns", Verdict.PASS, f"{len(known)} columns, as training saw them")
    said = []
    if vanished:
        said.append(f"{_listed(vanished)} vanished: not one of {features.height:,} rows has a value")
    if new:
        said.append(f"{_listed(new)} is nothing that the reference knows")
    return Check(QUALITY, "columns", Verdict.INCONCLUSIVE, "; ".join(said), evidence=evidence)


def _missing(features: pl.DataFrame, known: Mapping[str, Known], most: float) -> Iterator[Check]:
    grown = {
        name: (features[name].null_count() / features.height, known[name].missing)
        for name in features.columns
        if name in known
    }
    bad = [name for name, (now, then) in grown.items() if now - then > most]
    for name in bad:
        now, then = grown[name]
        note = f"{now:.1%} of the rows have no value; training saw {then:.1%}"
        yield Check(
            QUALITY, f"{name} missing", Verdict.FAIL, note, now, limit=then + most, evidence={"column": name}
        )
    if grown and not bad:
        worst = max(grown, key=lambda name: grown[name][0] - grown[name][1])
        growth = grown[worst][0] - grown[worst][1]
        note = f"most grown is {worst}: {grown[worst][0]:.1%} after {grown[worst][1]:.1%}"
        yield Check(QUALITY, "missing", Verdict.PASS, note, growth, limit=most)


def _unseen(logged: Mapping[str, pl.Series], known: Mapping[str, Known], most: float) -> Iterator[Check]:
    import polars as pl

    worst, told = 0.0, False
    for name, values in logged.items():
        seen = known[name].values
        if seen is None:
            continue
        counted = values.drop_nulls().cast(pl.String).value_counts()
        new = counted.filter(~pl.col(counted.columns[0]).is_in(list(seen))).sort("count", descending=True)
        share = int(new["count"].sum()) / max(len(values), 1)
        worst = max(worst, share)
        if not new.height:
            continue
        told = True
        verdict = Verdict.FAIL if share > most else Verdict.INCONCLUSIVE
        values_ = [f"{value} ({rows:,} rows)" for value, rows in new.head(_TOLD).iter_rows()]
        note = f"{new.height:,} new, which training never saw: {', '.join(values_)}"
        yield Check(QUALITY, f"{name} unseen", verdict, note, share, limit=most, evidence={"column": name})
    if not told:
        yield Check(QUALITY, "unseen", Verdict.PASS, "training saw every category", worst, limit=most)


def _unlabelled(window: Window, rows: int, known: int, most: float) -> Check:
    share = 1 - known / rows
    due = f"{window.due.since:%Y-%m-%d %H:%M} to {window.due.until:%Y-%m-%d %H:%M} UTC"
    note = f"{known:,} of {rows:,} rows from {due} have their truth"
    verdict = Verdict.PASS if share <= most else Verdict.INCONCLUSIVE
    return Check(QUALITY, "labels", verdict, note, share, limit=most, evidence={"rows": rows, "known": known})


def _unknown(window: Window, most: float, delay: timedelta) -> Iterator[Check]:
    """Yield the check of the truths that came in the window for predictions that nobody logged.

    Truths of the first hours may belong to predictions of a time that is not read; those are passed over.
    """
    import polars as pl

    from workbench.serving.log import time_of

    spans = (window.due, window.span)
    begin = min(span.since for span in spans) + delay
    given = window.labels.filter(pl.col("received_at") >= begin)
    if not given.height:
        return
    asked = pl.concat([part.select("prediction_id", "entity") for part in (window.judged, window.rows)])
    by_id = given.filter(pl.col("prediction_id").is_not_null()).select("prediction_id")
    lost = 0
    for each in by_id.join(asked, on="prediction_id", how="anti")["prediction_id"]:
        at = time_of(each)
        lost += at is None or any(at in span for span in spans)
    named = given.filter(pl.col("prediction_id").is_null() & pl.col("entity").is_not_null()).select("entity")
    lost += named.join(asked, on="entity", how="anti").height
    share = lost / given.height
    note = (
        f"{lost:,} of {given.height:,} truths name nothing that was predicted in this window" if lost else ""
    )
    yield Check(QUALITY, "unknown labels", _beyond(share, most), note, share, limit=most)


def _beyond(share: float, most: float) -> Verdict:
    """Return pass within a limit; nothing is broken beyond it, but what follows from the rows is in doubt."""
    return Verdict.PASS if share <= most else Verdict.INCONCLUSIVE


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return ", ".join(names[:_TOLD]) + more
