"""What differs between two runs: what somebody changed, and apart from it what came of that."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from workbench.errors import UnknownNameError
from workbench.pipeline.fingerprint import Fingerprint, InputPrint, content_change, explain, input_prints
from workbench.pipeline.prints import prints_of

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.pipeline.history import EntryState, RunState

Kind = Literal["code", "module", "parameter", "data", "environment", "output", "stage"]
Effect = Literal["data", "champion", "metric", "outcome"]
_KINDS: dict[str, Kind] = {
    "cell": "code",
    "tag": "code",
    "module": "module",
    "parameter": "parameter",
    "output": "output",
    "environment": "environment",
}
_SHARED = ("module", "environment", "data")  # one change may concern several stages


@dataclass(frozen=True)
class Change:
    """One thing that is otherwise in the new run, and not because something else is.

    Attributes:
        entries: the stages that it concerns, in order.
        name: of the cell (its number), module, parameter, dataset or package.
        before, after: as plain JSON; None where there is none.
        text: the change in one line, without the stages' names.
    """

    kind: Kind
    entries: tuple[str, ...]
    name: str
    before: Any
    after: Any
    text: str

    @property
    def line(self) -> str:
        """The change in one line, with the stages that it concerns."""
        return f"{', '.join(self.entries)}: {self.text}"


@dataclass(frozen=True)
class Consequence:
    """One thing that is otherwise because of the changes, or of what had happened by then."""

    kind: Effect
    entry: str
    name: str
    before: Any
    after: Any
    text: str


@dataclass(frozen=True)
class Difference:
    """What differs between two runs.

    Attributes:
        changes: what explains the rest; empty when both ran the same on the same data.
        consequences: what came of it: data made, metrics, outcomes, and whom a candidate met as champion.
        unknown: stages of which one run does not say what it ran.
    """

    old: str
    new: str
    changes: tuple[Change, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    unknown: tuple[str, ...] = ()

    def brief(self, most: int = 8) -> list[str]:
        """Return the changes as lines, the rest of them as a number."""
        lines = [change.line for change in self.changes[:most]]
        left = len(self.changes) - len(lines)
        return [*lines, f"and {left} more"] if left else lines

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as JSON."""
        return asdict(self)


@dataclass
class _Comparison:
    """Two runs while they are being compared, stage by stage in their order."""

    old: RunState
    new: RunState
    old_prints: Mapping[str, Fingerprint | None]
    new_prints: Mapping[str, Fingerprint | None]
    changes: list[Change] = field(default_factory=list)
    consequences: list[Consequence] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    makers: dict[str, str] = field(default_factory=dict)  # of data that differs, and whose maker is known

    def entry(self, name: str) -> None:
        """Compare one stage."""
        old, new = self.old.entries.get(name), self.new.entries.get(name)
        if old is None or new is None:
            where = self.new.run if old is None else self.old.run
            text = f"only in run {where}"
            self.changes.append(Change("stage", (name,), name, old and old.stage, new and new.stage, text))
            return
        before, after = self.old_prints.get(name), self.new_prints.get(name)
        reasons = len(self.changes) + len(self.consequences)
        if before is None or after is None:
            if old.attempts or new.attempts or old.outcome != new.outcome:  # else it ran in neither
                self.unknown.append(name)
        else:
            self._reasons(name, before, after)
        explained = len(self.changes) + len(self.consequences) > reasons or name in self.unknown
        self._outputs(name, old, new, explained)
        self._ends(name, old, new)

    def _reasons(self, name: str, before: Fingerprint, after: Fingerprint) -> None:
        for reason in explain(before, after):
            if reason.kind == "input":
                self._input(name, reason.name, reason.before, reason.after, reason.text)
            else:
                kind = _KINDS[reason.kind]
                what = f"{name}.{reason.name}" if kind == "parameter" else reason.name
                found = Change(kind, (name,), what, reason.before, reason.after, reason.text)
                self.changes.append(found)

    def _input(
        self, entry: str, name: str, before: InputPrint | None, after: InputPrint | None, text: str
    ) -> None:
        told = (_plain(before), _plain(after))
        if "@" in name:
            self.consequences.append(Consequence("champion", entry, name, *told, text))
        elif name in self.makers:
            self.consequences.append(Consequence("data", entry, name, *told, f"reads {text}"))
        else:
            self.changes.append(Change("data", (entry,), name, *told, text))

    def _outputs(self, entry: str, old: EntryState, new: EntryState, explained: bool) -> None:
        before, after = input_prints(old.outputs), input_prints(new.outputs)
        for name in [n for n in before if n in after and before[n].fingerprint != after[n].fingerprint]:
            self.makers[name] = entry
            said = content_change(before[name], after[name])
            told = (_plain(before[name]), _plain(after[name]))
            if explained:
                self.consequences.append(Consequence("data", entry, name, *told, f"makes {name}: {said}"))
            else:
                text = f"data {name}: {said}, made of the same by the same code"
                self.changes.append(Change("data", (entry,), name, *told, text))

    def _ends(self, name: str, old: EntryState, new: EntryState) -> None:
        ends = [entry.outcome.value if entry.outcome else None for entry in (old, new)]
        if ends[0] != ends[1] and not {*ends} <= {"succeeded", "reused"}:
            text = f"{ends[0] or 'no end'} → {ends[1] or 'no end'}"
            self.consequences.append(Consequence("outcome", name, name, ends[0], ends[1], text))
        for metric in dict.fromkeys([*old.metrics, *new.metrics]):
            before, after = old.metrics.get(metric), new.metrics.get(metric)
            if before != after:
                text = f"{metric}: {_number(before)} → {_number(after)}"
                self.consequences.append(Consequence("metric", name, metric, before, after, text))


def difference(
    ledger: Ledger, old: RunState, new: RunState, *, stages: Collection[str] | None = None
) -> Difference:
    """Return what differs between two runs, found from their records alone.

    What a run reads of another stage of it, and which differs because that stage does, is a consequence, as
    are metrics. What comes from outside is a change: a source, a dataset that another run made, a file. So
    is what a stage made otherwise though nothing that it is made from differs.

    Args:
        ledger: holds both.
        old: the run that is compared with.
        new: the run in question.
        stages: only these entries; all when None.

    Raises:
        UnknownNameError: neither run has one of the stages.
        StorageError: the ledger cannot be read.
    """
    names = list(dict.fromkeys([*old.entries, *new.entries]))
    for stage in stages or ():
        if stage not in names:
            where = " or ".join(dict.fromkeys((old.run, new.run)))
            raise UnknownNameError(f"stage in run {where}", stage, names)
    found = _Comparison(old, new, prints_of(ledger, old), prints_of(ledger, new))
    for name in names:
        found.entry(name)
    wanted = set(names if stages is None else stages)
    return Difference(
        old.run,
        new.run,
        tuple(change for change in _joined(found.changes) if wanted & {*change.entries}),
        tuple(effect for effect in found.consequences if effect.entry in wanted),
        tuple(name for name in found.unknown if name in wanted),
    )


def _joined(changes: list[Change]) -> Iterator[Change]:
    """Return changes, one that concerns several stages once."""
    found: dict[tuple[str, str, str], Change] = {}
    for change in changes:
        own = "" if change.kind in _SHARED else change.entries[0]
        key = (change.kind, own, f"{change.name} {change.text}")
        before = found.get(key)
        found[key] = replace(change, entries=(*before.entries, *change.entries)) if before else change
    yield from found.values()


def _plain(value: InputPrint | None) -> Any:
    return None if value is None else asdict(value)


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.6g}"
