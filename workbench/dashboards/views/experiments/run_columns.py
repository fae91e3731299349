"""The columns of the tables of runs and of groups of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from workbench.dashboards.app.components import Column, moment_text, of_outcome, viewer_zone
from workbench.insight.experiments import Group, value_of

if TYPE_CHECKING:
    from workbench.insight import RunSummary


def run_columns(shown: Sequence[str], runs: Sequence[RunSummary]) -> list[Column]:
    """Return the columns of a table of runs, with the metrics and parameters that are shown."""
    zone = viewer_zone()
    fixed = [
        Column("pick", "Compare", "tick"),
        Column("run", "Run", width=190),
        Column("pipeline", "Pipeline", width=110),
        Column("outcome", "Outcome", width=125),
        Column("started", f"Started ({zone})", width=150),
        Column("seconds", "Took (s)", "number", digits=1),
        Column("by", "By", width=130),
        Column("why", "Why", width=180),
    ]
    return fixed + [_own_column(name, title, runs) for name, title in _titles(shown).items()]


def _own_column(name: str, title: str, runs: Sequence[RunSummary]) -> Column:
    """Return the column of a metric or a parameter; what is counted has nothing after the point."""
    kinds = {type(value) for run in runs if (value := value_of(run, name)) is not None}
    if not kinds or not kinds <= {int, float}:
        return Column(name, title)
    return Column(name, title, "number", digits=0 if kinds == {int} else 4)


def _titles(shown: Sequence[str]) -> dict[str, str]:
    """Return each column's heading: without its stage where no other one has that name."""
    short = {name: name.rpartition("/" if "/" in name else ".")[2] for name in shown}
    every = list(short.values())
    return {name: tail if every.count(tail) == 1 else name for name, tail in short.items()}


def group_frame(groups: Sequence[Group]) -> pd.DataFrame:
    """Return groups as a table."""
    return pd.DataFrame(
        {
            "name": [group.name for group in groups],
            "runs": [group.runs for group in groups],
            "succeeded": [100 * g.succeeded / g.ended if g.ended else None for g in groups],
            "seconds": [group.seconds for group in groups],
            "least": [group.least for group in groups],
            "middle": [group.middle for group in groups],
            "most": [group.most for group in groups],
            "last": [moment_text(group.last) for group in groups],
        }
    )


def group_columns(by: str, metric: str) -> list[Column]:
    """Return the columns of a table of groups."""
    measured = [
        Column(key, f"{metric}, {word}", "number", digits=4)
        for key, word in (("least", "least"), ("middle", "median"), ("most", "most"))
    ]
    return [
        Column("name", by),
        Column("runs", "Runs", "number", digits=0, width=90),
        Column("succeeded", "Succeeded (%)", "number", digits=0, width=130),
        Column("seconds", "Median time (s)", "number", digits=1, width=140),
        *(measured if metric else []),
        Column("last", f"Newest ({viewer_zone()})", width=170),
    ]


class _Outcomes(dict[str, str]):
    """Outcomes as a sign and a word, each worked out once."""

    def __missing__(self, state: str) -> str:
        from workbench.insight.runs import RUNNING
        from workbench.pipeline.outcome import Outcome

        status = of_outcome(None if state == RUNNING else Outcome(state))
        self[state] = f"{status.sign} {status.word}"
        return self[state]


OUTCOMES = _Outcomes()
