"""What a table of runs shows of each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from workbench.cli.amount import number_text, seconds_text
from workbench.errors import UnknownNameError, UsageError
from workbench.insight.experiments import value_of
from workbench.widgets.parts.text import chip, moment

if TYPE_CHECKING:
    from workbench.insight import RunSummary
    from workbench.insight.experiments import Known
    from workbench.widgets.parts import Column

FACTS = ("started", "run", "pipeline", "outcome", "seconds", "by", "why")
_MOST = 3  # metrics that are shown without being asked for


def check_column(name: str, known: Known) -> str:
    """Return the name of a fact, a metric or a parameter that runs have.

    Raises:
        UnknownNameError: none has it.
        UsageError: several stages have it.
    """
    options = (*FACTS, *known.metrics, *known.parameters)
    if name in options:
        return name
    ends = [option for option in options if option.endswith((f"/{name}", f".{name}"))]
    if len(ends) == 1:
        return ends[0]
    if ends:
        raise UsageError(f"Several columns are named {name!r}.", hint=f"Say which: {', '.join(ends)}.")
    raise UnknownNameError("column of runs", name, options)


def values_shown(asked: Sequence[str], sort: str, known: Known) -> tuple[str, ...]:
    """Return the metrics and parameters that have a column: those asked for, or the usual metrics."""
    names = list(asked) or list(known.metrics)[:_MOST]
    if sort not in FACTS:
        names.append(sort)
    return tuple(dict.fromkeys(name for name in names if name not in FACTS))


def columns(shown: Sequence[str]) -> list[Column]:
    """Return the columns of a page of runs."""
    from workbench.widgets.parts import Column

    fixed = [
        Column("outcome", lambda run: chip(run.state)),
        Column("pipeline", lambda run: run.pipeline),
        Column("started", lambda run: moment(run.started)),
        Column("took", lambda run: seconds_text(run.seconds), is_number=True),
    ]
    own = [Column(title, partial(_value, name), is_number=True) for name, title in _titles(shown).items()]
    return [*fixed, *own, Column("by", lambda run: run.actor), Column("why", lambda run: run.because)]


def row_text(run: RunSummary, shown: Sequence[str]) -> list[str]:
    """Return a run's cells in a plain table."""
    values = [number_text(value_of(run, name)) for name in shown]
    return [
        run.id,
        run.pipeline,
        run.state,
        moment(run.started),
        seconds_text(run.seconds),
        *values,
        run.actor,
    ]


def heads(shown: Sequence[str]) -> list[str]:
    """Return the headings of a plain table."""
    return ["run", "pipeline", "outcome", "started", "took", *_titles(shown).values(), "by"]


def _value(name: str, run: RunSummary) -> str | None:
    value = value_of(run, name)
    return None if value is None else number_text(value)


def _titles(shown: Sequence[str]) -> dict[str, str]:
    """Return each column's heading: without its stage where no other one has that name."""
    short = {name: name.rpartition("/" if "/" in name else ".")[2] for name in shown}
    every = list(short.values())
    return {name: tail if every.count(tail) == 1 else name for name, tail in short.items()}
