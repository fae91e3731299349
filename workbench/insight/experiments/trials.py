"""What a search tried: the entries of a sweep, or the table of trials that a stage logged."""

from __future__ import annotations

import contextlib
import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import StorageError, UnknownNameError
from workbench.insight.experiments.places import place_of
from workbench.insight.experiments.terms import as_number

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.runs import RunSummary
    from workbench.insight.store import Store

ENTRIES = ""
"""The name of the search that a sweep's own entries are."""

_TABLE = "trials"
_RECENT = 1000  # runs whose folders are looked into
_ROWS = 20_000
_PREFIX = "params_"
_NOT_SET = frozenset(
    {"trial", "number", "state", "value", "rounds", "epochs", "iterations", "seconds", "duration"}
)
_MEASURED = ("value", "user_attrs_", "system_attrs_", "datetime_", "intermediate_", "duration")


@dataclass(frozen=True)
class Search:
    """Somewhere that parameters were searched.

    Attributes:
        entry: whose table of trials it is; `ENTRIES` for a sweep.
        count: of combinations; None where the table was not read yet.
    """

    run: RunSummary
    entry: str
    count: int | None


@dataclass(frozen=True)
class Trial:
    """One combination of parameters, and what came of it.

    Attributes:
        state: an outcome, or what the search said: `complete`, `pruned`.
    """

    name: str
    state: str
    parameters: Mapping[str, Any]
    metrics: Mapping[str, float]


@dataclass(frozen=True)
class Trials:
    """All trials of a search.

    Attributes:
        parameters: those that were not the same in all.
        metrics: what was measured; `value` of a table of trials is what was searched for.
    """

    parameters: tuple[str, ...]
    metrics: tuple[str, ...]
    trials: tuple[Trial, ...]


def searches(store: Store, person: Person) -> tuple[Search, ...]:
    """Return the sweeps, and of the newest runs those that logged trials; the newest first.

    Raises:
        AccessError: the person may not look.
    """
    person.require("view")
    found: list[Search] = []
    for number, run in enumerate(store.runs()):
        if is_sweep(run):
            found.append(Search(run, ENTRIES, len(run.stages)))
        elif number < _RECENT:
            found += [Search(run, entry, None) for entry in _logged(store, run)]
    return tuple(found)


def searched_in(store: Store, person: Person, run: str) -> tuple[str, ...]:
    """Return the entries of a run that logged trials; of what was reused, those that its maker logged.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such run.
        StorageError: the ledger cannot be read.
    """
    person.require("view")
    state = store.run_state(store.run(run).id)
    found = []
    for entry in state.entries:
        with contextlib.suppress(UnknownNameError):  # it has no attempt: it waits, or was skipped
            if _TABLE in place_of(store, state, entry).figures(".csv"):
                found.append(entry)
    return tuple(found)


def is_sweep(run: RunSummary) -> bool:
    """Whether a run has several entries, all of one stage."""
    return len(run.stages) > 1 and len({entry.stage for entry in run.stages.values()}) == 1


def read_trials(store: Store, person: Person, run: str, entry: str = ENTRIES) -> Trials:
    """Return the trials of a search.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such run or entry, or the entry logged no table of trials.
        StorageError: its table cannot be read.
    """
    person.require("view")
    summary = store.run(run)
    if not entry:
        return _varied([_of_entry(summary, name) for name in summary.stages])
    place = place_of(store, store.run_state(run), entry)
    table = place.figures(".csv").get(_TABLE)
    if table is None:
        raise UnknownNameError(
            "table of trials", f"{run}/{entry}", hint='Log one: stage.log_table(trials, "trials")'
        )
    return _varied(_rows(table))


def _logged(store: Store, run: RunSummary) -> Iterable[str]:
    for entry in run.stages.values():
        folder = store.project.layout.attempt(run.id, entry.name, max(entry.attempts, 1))
        if entry.attempts and (folder / "figures" / f"{_TABLE}.csv").is_file():
            yield entry.name


def _of_entry(run: RunSummary, name: str) -> Trial:
    def of(values: Mapping[str, Any], mark: str) -> dict[str, Any]:
        begin = name + mark
        return {key.removeprefix(begin): value for key, value in values.items() if key.startswith(begin)}

    outcome = run.stages[name].outcome
    return Trial(name, outcome.value if outcome else run.state, of(run.parameters, "."), of(run.metrics, "/"))


def _rows(table: Path) -> list[Trial]:
    try:
        with table.open(encoding="utf-8", newline="") as file:
            rows = [row for _, row in zip(range(_ROWS), csv.DictReader(file), strict=False)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise StorageError(
            f"The table of trials {table} cannot be read: {error}.",
            hint="Look at the run's folder; run the stage again if it is damaged.",
            store=str(table),
        ) from error
    names = [str(name) for name in (rows[0] if rows else {}) if name is not None]
    marked = [name for name in names if name.startswith(_PREFIX)]
    chosen = marked or [name for name in names if name not in _NOT_SET and not name.startswith(_MEASURED)]
    return [_trial(number, row, chosen) for number, row in enumerate(rows)]


def _trial(number: int, row: Mapping[str, str], chosen: Sequence[str]) -> Trial:
    parameters = {name.removeprefix(_PREFIX): _value(row.get(name)) for name in chosen}
    metrics = {name: as_number(row[name]) for name in ("value", "rounds", "seconds") if row.get(name)}
    return Trial(
        name=str(row.get("trial") or row.get("number") or number),
        state=(row.get("state") or "complete").casefold(),
        parameters={name: value for name, value in parameters.items() if value is not None},
        metrics={name: v for name, v in metrics.items() if v is not None and math.isfinite(v)},
    )


def _value(text: str | None) -> Any:
    if text is None or text == "":
        return None
    number = as_number(text)
    return text if number is None or not math.isfinite(number) else number


def _varied(trials: Sequence[Trial]) -> Trials:
    names = dict.fromkeys(name for trial in trials for name in trial.parameters)
    varied = [n for n in names if len({repr(trial.parameters.get(n)) for trial in trials}) > 1]
    metrics = dict.fromkeys(name for trial in trials for name in trial.metrics)
    return Trials(tuple(varied), tuple(metrics), tuple(trials))
