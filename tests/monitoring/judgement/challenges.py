"""A model whose challenger scores what its champion answers, day after day, and whose truth comes later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp, log
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from tests.registry.models import GATES, MODEL, Runs, make_project
from workbench.clock import ManualClock
from workbench.monitoring.judgement import Judgement, judge
from workbench.registry import ModelState, Registry, RegistryExtension
from workbench.serving.log import LogPlace, RequestIds, RowEncoder, Spool, encode_label
from workbench.serving.traffic import Traffic
from workbench.workspace import Workspace

if TYPE_CHECKING:
    from workbench.registry.projection import Projection

BEGIN = datetime(2013, 3, 1, tzinfo=UTC)
CHALLENGE = """
[models.delay.challenge]
margin = 0.01
min_blocks = 5
max_blocks = {max_blocks}
min_rows = 10
arms = [0.1, 0.5, 1.0]
{keys}

[models.delay.challenge.guardrails]
min_rows = 20
{guardrails}
"""
_COLUMNS: list[Any] = [SimpleNamespace(name="carrier", kind="category")]
_EVEN = 0.5  # what the champion says of every row: a loss of log 2 whatever happens


@dataclass
class Day:
    """How a day goes.

    Attributes:
        worse: by how much the challenger's mean loss is above the champion's.
        rows: asked for, spread over the day.
        silent: of them, those that the challenger gives no score for.
        labelled: whether the truth comes.
        slow: seconds that the challenger takes.
        share: of the traffic that it really answers; what the ledger says where None.
    """

    worse: float = 0.0
    rows: int = 60
    silent: int = 0
    labelled: bool = True
    slow: float = 0.0005
    share: float | None = None


class Challenge:
    """A project whose version 1 is champion and whose version 2 challenges it."""

    def __init__(
        self,
        root: Path,
        *,
        policy: str = "automatic",
        keys: str = "",
        max_blocks: int = 30,
        guardrails: str = "",
    ) -> None:
        toml = GATES + CHALLENGE.format(keys=keys, guardrails=guardrails, max_blocks=max_blocks)
        project = make_project(root / "shop", policy=policy, gates=toml)
        self.clock = ManualClock(BEGIN)
        self.workspace = Workspace(project, self.clock)
        show_nobody(self.workspace)
        self.runs = Runs(project, self.workspace.ledger)
        self.runs.champion("a")
        if policy != "automatic":
            self.workspace.registry.promote(MODEL, 1, actor="bob@lab")
        self.challenge("b")
        self._ids = RequestIds(self.clock)
        self._spool = Spool(LogPlace(project.layout.state).spool)

    def challenge(self, name: str) -> None:
        """Train another version, and ask for it as a run does."""
        self.runs.train(name)
        self.runs.evaluate(name)
        self.runs.promote(name)
        if self.state.challenger is None:
            number = max(self.state.versions)
            self.workspace.registry.promote(MODEL, number, alias="challenger", actor="bob@lab")

    @property
    def state(self) -> ModelState:
        return self.runs.state

    def day(self, day: Day | None = None, **how: Any) -> None:
        """Let a day pass; its truth comes in the night."""
        day = day or Day(**how)
        state = self.state
        assert state.champion is not None
        share = state.share if day.share is None else day.share
        traffic = Traffic(MODEL, share)
        ids = []
        for n in range(day.rows):
            entity = f"{self.clock.now():%m%d}-{n}"
            ids.append(self._ask(state, entity, traffic.arm(entity, ""), n < day.silent, day, n))
            self.clock.advance(timedelta(days=1) / day.rows)
        for prediction in ids if day.labelled else ():
            self._spool.append(encode_label(MODEL, 1, received=self.clock.now(), prediction_id=prediction))

    def _ask(self, state: ModelState, entity: str, arm: str, silent: bool, day: Day, n: int) -> str:
        request, at = self._ids.next()
        answers = {state.champion: _EVEN}
        if state.challenger is not None and not silent:
            spread = 0.002 * (n % 5 - 2)
            answers[state.challenger] = exp(-(log(2) + day.worse + spread))
        answering = state.challenger if arm == "challenger" else state.champion
        for version, score in answers.items():
            assert version is not None
            part = arm if version == answering else "shadow"
            took = int(1e6 * (day.slow if version == state.challenger else 0.0005))
            encoder = RowEncoder(MODEL, version, _COLUMNS)
            values = [["AA" if n % 2 else "UA"]]
            self._spool.append(encoder.encode(request, at, part, "c", took, [entity], [score], values))
        return f"{request}-0"

    def judge(self, **options: Any) -> Judgement:
        found = judge(self.workspace, MODEL, **options)
        assert found is not None
        return found

    def days(self, count: int, **how: Any) -> list[Judgement]:
        """Let days pass, and judge after each as long as somebody challenges."""
        found = []
        for _ in range(count):
            self.day(**how)
            said = judge(self.workspace, MODEL)
            if said is not None:
                found.append(said)
        return found

    def actions(self) -> Sequence[str]:
        """What was done so far, by the ledger, without the evaluations that did nothing."""
        events = self.workspace.ledger.read(f"judgement/{MODEL}")
        return [event.data["action"] for event in events if event.data["action"] != "none"]

    def close(self) -> None:
        self._spool.close()
        self.workspace.ledger.close()


class _Nobody:
    """Shows a decision to nobody: MLflow is not what is tested here."""

    def project(self, *, reach: Any = None, anew: bool = False) -> None:
        return


def show_nobody(workspace: Workspace) -> None:
    """Let a workspace's decisions reach the ledger alone."""
    known = (workspace.project, workspace.ledger, cast("Projection", _Nobody()))
    vars(workspace)["extension"] = RegistryExtension(*known)
    vars(workspace)["registry"] = Registry(*known)
