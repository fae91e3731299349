"""From a version back to everything that made it: data, code cells, parameters, commits, gates, approver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.pipeline.commits import COMMITTED
from workbench.registry.happened import EVALUATED
from workbench.registry.model import ModelState, read_model
from workbench.registry.version import CHAMPION, Evaluation, Move, Promotion, Version

if TYPE_CHECKING:
    from workbench.ledger import Event, Ledger
    from workbench.project import Project

_PAGE = 50


@dataclass(frozen=True)
class Cell:
    """A code cell that was executed: its number among all cells of the notebook, and its first line."""

    number: int
    first_line: str
    digest: str


@dataclass(frozen=True)
class Read:
    """Something that a stage read, exactly as it was then."""

    name: str
    kind: str
    version: int | None
    rows: int | None
    fingerprint: str


@dataclass(frozen=True)
class Step:
    """One execution of a stage.

    Attributes:
        git: the commit that was checked out, and whether files differed from it.
        saved: what it made.
        modules: digest of each local module that was imported, by path.
        position: of the commit in the ledger, None when it was rejected.
    """

    stage: str
    run: str
    entry: str
    attempt: int
    at: datetime
    actor: str
    notebook: str
    git: Mapping[str, Any] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    reads: tuple[Read, ...] = ()
    saved: tuple[Read, ...] = ()
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    position: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the step as JSON; of the environment only the part that is not in the lock's files."""
        own = {name: value for name, value in self.environment.items() if ":" not in name}
        return {**asdict(self), "at": self.at.isoformat(), "environment": own}


@dataclass(frozen=True)
class Trace:
    """Where a version comes from, and what was decided about it.

    Attributes:
        aliases: those that it holds now.
        made: the stages that made it, sources first, the one that trained it last.
        judged: the stage that attached the newest evidence; None before the first.
        promotions: every wish to promote it, the newest last.
        moves: every move of an alias to or from it, the oldest first.
    """

    version: Version
    aliases: tuple[str, ...]
    made: tuple[Step, ...]
    judged: Step | None
    promotions: tuple[Promotion, ...]
    moves: tuple[Move, ...]

    @property
    def trained(self) -> Step | None:
        """The stage that trained it."""
        return self.made[-1] if self.made else None

    @property
    def promotion(self) -> Promotion | None:
        """The approved promotion by which it became champion last, None when it never was."""
        done = [p for p in self.promotions if p.state == "approved" and p.alias == CHAMPION]
        return done[-1] if done else None

    def to_dict(self) -> dict[str, Any]:
        """Return the trace as JSON."""
        version = self.version
        approved = self.promotion
        return {
            "model": version.model,
            "version": version.number,
            "fingerprint": version.fingerprint,
            "aliases": list(self.aliases),
            "run": version.run,
            "stage": version.stage,
            "registered": version.at.isoformat(),
            "actor": version.actor,
            "parameters": dict(version.parameters),
            "metrics": dict(version.metrics),
            "made": [step.to_dict() for step in self.made],
            "judged": self.judged.to_dict() if self.judged else None,
            "verdict": version.verdict.value if version.verdict else None,
            "gates": [gate.to_dict() for gate in version.gates],
            "against": version.evaluation.against if version.evaluation else None,
            "approved_by": approved.decision.actor if approved and approved.decision else None,
            "promotions": [promotion.to_dict() for promotion in self.promotions],
            "moves": [move.to_dict() for move in self.moves],
        }


def trace(version: Version, *, ledger: Ledger, project: Project) -> Trace:
    """Return where a version comes from, and what was decided about it, from the ledger alone."""
    state = read_model(ledger, version.model)
    paths = _Paths(ledger, project)
    return Trace(
        version,
        tuple(alias for alias, number in state.aliases.items() if number == version.number),
        tuple(paths.made(version)),
        paths.judged(version, version.evaluation) if version.evaluation else None,
        tuple(p for p in state.promotions.values() if p.version == version.number),
        tuple(_moves(state, version.number)),
    )


def _moves(state: ModelState, number: int) -> Iterator[Move]:
    return (move for move in state.moves if number in (move.before, move.after))


class _Paths:
    """Follows what was read to what made it."""

    def __init__(self, ledger: Ledger, project: Project) -> None:
        self._ledger = ledger
        self._project = project

    def made(self, version: Version) -> Iterator[Step]:
        """Yield the stages that made a version, each after those that it read from."""
        name = version.output.get("name", "")
        commit = self._commit_of(name, version.fingerprint, None, version.stage, version.run)
        if commit is not None:
            yield from self._before(commit, set())

    def judged(self, version: Version, evaluation: Evaluation) -> Step | None:
        """Return the execution that attached an evaluation: its end stands right before it in the ledger."""
        key = str(version.number)
        events = self._ledger.find(kinds=(EVALUATED,), subject=version.model, key=key, newest_first=True)
        noted = next((e for e in events if e.data["run"] == evaluation.run), None)
        if noted is None:
            return None
        stream = f"run/{evaluation.run}"
        ends = self._ledger.find(
            kinds=("attempt.ended",), stream_prefix=stream, before=noted.position, newest_first=True, limit=1
        )
        return self._attempt(ends[0]) if ends and ends[0].stream == stream else None

    def _before(self, commit: Event, known: set[int]) -> Iterator[Step]:
        known.add(commit.position)
        for name, record in commit.data["fingerprint"]["inputs"].items():
            if record["kind"] == "absent" or "@" in name:
                continue
            made = self._commit_of(name, record["fingerprint"], commit.position, self._project.producer(name))
            if made is not None and made.position not in known:
                yield from self._before(made, known)
        yield self._step(commit)

    def _commit_of(
        self, name: str, fingerprint: str, before: int | None, stage: str | None, run: str | None = None
    ) -> Event | None:
        """Return the newest commit before a position that saved this content under this name."""
        while page := self._ledger.find(
            kinds=(COMMITTED,),
            subject=stage,
            stream_prefix=f"run/{run}" if run else None,
            before=before,
            newest_first=True,
            limit=_PAGE,
        ):
            for event in page:
                if event.data["outputs"].get(name, {}).get("fingerprint") == fingerprint:
                    return event
            before = page[-1].position
        return None

    def _attempt(self, ended: Event) -> Step:
        """Return an attempt's step, from its commit if there is one; a rejected one has none."""
        after = self._ledger.read(ended.stream, after=ended.version)
        commit = after[0] if after and after[0].kind == COMMITTED else None
        if commit is not None and commit.data["attempt"] == ended.data["attempt"]:
            return self._step(commit)
        return self._step(ended)

    def _step(self, event: Event) -> Step:
        data = event.data
        prints: Mapping[str, Any] = data.get("fingerprint") or {}
        number = data["attempt"]
        folder = self._project.layout.attempt(data["run"], data["entry"], number)
        root = self._project.root
        return Step(
            stage=data["stage"],
            run=data["run"],
            entry=data["entry"],
            attempt=number,
            at=event.at,
            actor=event.actor,
            notebook=(folder / "notebook.ipynb").relative_to(root).as_posix(),
            git=self._git(event.stream),
            cells=tuple(Cell(c["index"], c["first_line"], c["digest"]) for c in prints.get("code", ())),
            parameters=prints.get("parameters", {}),
            reads=tuple(
                _read(name, record)
                for name, record in prints.get("inputs", {}).items()
                if record["kind"] != "absent"
            ),
            saved=tuple(_read(name, record) for name, record in data.get("outputs", {}).items()),
            metrics=data.get("metrics", {}),
            modules=prints.get("modules", {}),
            environment=prints.get("environment", {}),
            position=event.position if event.kind == COMMITTED else None,
        )

    def _git(self, stream: str) -> dict[str, Any]:
        started = self._ledger.find(kinds=("run.started",), stream_prefix=stream, limit=1)
        return dict(started[0].data["git"]) if started and started[0].stream == stream else {}


def _read(name: str, record: Mapping[str, Any]) -> Read:
    return Read(name, record["kind"], record.get("version"), record.get("rows"), record["fingerprint"])
