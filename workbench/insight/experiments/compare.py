"""Two to five runs side by side: what differs in parameters, metrics, data, code and figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.errors import StorageError, UnknownNameError, UsageError
from workbench.insight.experiments.detail import data_of
from workbench.insight.experiments.places import Place, place_of
from workbench.pipeline.difference import Difference, difference
from workbench.pipeline.run_diff import RunDiff, run_diff

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.access import Person
    from workbench.insight.runs import RunSummary
    from workbench.insight.store import Store
    from workbench.pipeline.history import RunState

LEAST, MOST = 2, 5


@dataclass(frozen=True)
class Row:
    """One parameter, metric or dataset in all runs.

    Attributes:
        values: in the order of the runs; None where a run has none.
        differs: whether they are not all the same.
    """

    name: str
    values: tuple[Any, ...]
    differs: bool


@dataclass(frozen=True)
class Comparison:
    """Runs side by side.

    Attributes:
        facts: what each run is: its pipeline, outcome, commit …
        parameters: as `ENTRY.NAME`.
        metrics: as `ENTRY/NAME`.
        data: versions of what was read, as `ENTRY ← NAME`, and made, as `ENTRY → NAME`.
        figures: as `ENTRY/NAME`; the values are whether a run has it.
        notebooks: entries whose executed notebook at least two runs have.
        differences: what the first run differs in from each of the others: what was changed, and apart from
            it what came of that.
    """

    runs: tuple[RunSummary, ...]
    facts: tuple[Row, ...]
    parameters: tuple[Row, ...]
    metrics: tuple[Row, ...]
    data: tuple[Row, ...]
    figures: tuple[Row, ...]
    notebooks: tuple[str, ...]
    differences: tuple[Difference, ...] = ()


def compare_runs(store: Store, person: Person, runs: Sequence[str]) -> Comparison:
    """Return runs side by side.

    Args:
        store: the project's state.
        person: who asks.
        runs: two to five ids, each once.

    Raises:
        AccessError: the person may not look.
        UsageError: too few or too many runs.
        UnknownNameError: one of them does not exist.
        StorageError: the ledger cannot be read.
    """
    person.require("view")
    ids = list(dict.fromkeys(runs))
    if not LEAST <= len(ids) <= MOST:
        raise UsageError(
            f"{len(ids)} different {'run was' if len(ids) == 1 else 'runs were'} chosen; "
            f"{LEAST} to {MOST} can be compared.",
            hint="Choose them in the table of runs.",
        )
    summaries = tuple(store.run(run) for run in ids)
    states = [store.run_state(run) for run in ids]
    places = [_places(store, state) for state in states]
    return Comparison(
        runs=summaries,
        facts=_rows([_facts(state) for state in states]),
        parameters=_rows([run.parameters for run in summaries]),
        metrics=_rows([run.metrics for run in summaries]),
        data=_rows([_data(of_run) for of_run in places]),
        figures=_rows([_figures(of_run) for of_run in places]),
        differences=tuple(difference(store.ledger, states[0], state) for state in states[1:]),
        notebooks=_in_two([[n for n, p in of_run.items() if p.notebook] for of_run in places]),
    )


def run_difference(store: Store, person: Person, old: str, new: str, stage: str | None = None) -> RunDiff:
    """Return what differs between two runs, with the lines of the cells that do.

    Args:
        store: the project's state.
        person: who asks.
        old: the id of a run.
        new: the id of the run that it is compared with.
        stage: only this entry; all when None.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: a run does not exist, or neither has the stage.
        StorageError: the ledger cannot be read.
    """
    person.require("view")
    for run in (old, new):
        store.run(run)
    both = (store.run_state(old), store.run_state(new))
    stages = None if stage is None else (stage,)
    return run_diff(store.ledger, store.project.layout, store.run_state, *both, stages=stages)


def read_figure(store: Store, person: Person, run: str, entry: str, name: str) -> bytes:
    """Return a figure that an entry logged, as PNG.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is none of that name.
        StorageError: it cannot be read.
    """
    person.require("view")
    store.run(run)
    found = place_of(store, store.run_state(run), entry).figures(".png")
    if name not in found:
        raise UnknownNameError(f"figure of {entry} in run {run}", name, found)
    return _bytes(found[name])


def figure_names(store: Store, person: Person, run: str, entry: str) -> tuple[str, ...]:
    """Return the names of the figures that an entry logged.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such run or entry.
    """
    person.require("view")
    store.run(run)
    return tuple(place_of(store, store.run_state(run), entry).figures(".png"))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read: {error.strerror or error}.", hint="", store=str(path)
        ) from error


def _places(store: Store, state: RunState) -> Mapping[str, Place]:
    return {name: place_of(store, state, name) for name in state.entries}


def _facts(state: RunState) -> dict[str, Any]:
    commit = str(state.git.get("commit") or "")[:10]
    return {
        "pipeline": state.pipeline,
        "outcome": state.outcome.value if state.outcome else "running",
        "started": state.started,
        "took (s)": state.seconds,
        "by": state.actor,
        "why": state.because,
        "code": commit + (" and uncommitted changes" if commit and state.git.get("dirty") else ""),
    }


def _data(places: Mapping[str, Place]) -> dict[str, str]:
    found = {}
    for name, place in places.items():
        for sign, records in (("←", place.entry.inputs), ("→", place.entry.outputs)):
            for data in data_of(records):
                rows = f", {data.rows} rows" if data.rows else ""
                found[f"{name} {sign} {data.name}"] = f"{data.kind} {data.fingerprint[:10]}{rows}"
    return found


def _figures(places: Mapping[str, Place]) -> dict[str, bool]:
    return {f"{name}/{figure}": True for name, place in places.items() for figure in place.figures(".png")}


def _rows(of_runs: Sequence[Mapping[str, Any]]) -> tuple[Row, ...]:
    names = _union(of_runs)
    return tuple(_row(name, tuple(values.get(name) for values in of_runs)) for name in names)


def _row(name: str, values: tuple[Any, ...], key: Callable[[Any], str] = repr) -> Row:
    return Row(name, values, len({key(value) for value in values}) > 1)


def _union(of_runs: Sequence[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(name for values in of_runs for name in values))


def _in_two(of_runs: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(n for n in _union(of_runs) if sum(n in names for names in of_runs) >= LEAST)
