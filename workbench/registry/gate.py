"""Gates: one check of a candidate each, with a verdict and its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from workbench.registry.candidate import Candidate


@dataclass(frozen=True)
class Scored:
    """A candidate's predictions on rows whose truth is known, and the champion's on the same rows.

    Attributes:
        task: binary, multiclass or regression.
        y: the truth, shape (rows,): 0/1, the class's index, or the value.
        score: the prediction, shape (rows,): probability of 1, or value; multiclass (rows, classes).
        champion_score: likewise from the champion; None when there is none, or it was not scored.
        times: when each row happened; None when nobody said.
        champion: number of the version that is compared with; None when nobody is champion.
        incomparable: why there are no rows on which both could be judged; empty when there are.
        frame: columns of the same rows, to group by and to score anew; None when nobody gave them.
        candidate: the model itself, when a gate asks for it.
    """

    task: str
    y: NDArray[np.float64]
    score: NDArray[np.float64]
    champion_score: NDArray[np.float64] | None = None
    times: NDArray[np.datetime64] | None = None
    champion: int | None = None
    frame: pd.DataFrame | None = None
    candidate: Candidate | None = None
    incomparable: str = ""

    @property
    def rows(self) -> int:
        """How many rows were scored."""
        return len(self.y)


@dataclass(frozen=True)
class GateResult:
    """What a gate found.

    Attributes:
        name: its name in workbench.toml.
        kind: what sort of gate it is.
        rule: its settings, all of them, as they were applied.
        summary: one line for people.
        evidence: the numbers behind it, plain JSON.
        against: whether it compared with the champion, so that it holds for that champion only.
        table: what is too long for the evidence, one mapping per row; it is kept with the run.
    """

    name: str
    kind: str
    verdict: Verdict
    summary: str
    rule: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)
    against: bool = False
    table: Sequence[Mapping[str, Any]] = field(default=(), repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON, without the table."""
        return {
            "name": self.name,
            "kind": self.kind,
            "verdict": self.verdict.value,
            "summary": self.summary,
            "rule": dict(self.rule),
            "evidence": dict(self.evidence),
            "against": self.against,
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> GateResult:
        """Read back what `to_dict` returned."""
        return cls(**{**content, "verdict": Verdict(content["verdict"])})


@dataclass(frozen=True)
class Finding:
    """A verdict with its reason, before it is given the gate's name."""

    verdict: Verdict
    summary: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    table: Sequence[Mapping[str, Any]] = ()


class Unmeasurable(Exception):
    """A number cannot be had from this evidence; the gate that asked for it is inconclusive.

    It is a finding about the evidence, not a failure of the code.
    """


class Gate(Protocol):
    """One check of a candidate.

    The contract: `judge` changes nothing, takes seconds on 100,000 rows, and raises Unmeasurable when
    the evidence is missing or not a number; nothing missing ever passes. The same evidence gives the same
    verdict, but for what is measured on the spot, such as time.

    Attributes:
        compares: whether it looks at the champion.
        needs: what it needs beside truth, scores and times: `frame`, `candidate`.
    """

    compares: ClassVar[bool]
    needs: ClassVar[tuple[str, ...]]

    @property
    def blocked(self) -> bool:
        """Whether it cannot do without the times of the rows."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the frame that its settings name."""

    def fits(self, task: str) -> str:
        """Return why this gate cannot judge a model of that task; empty when it can."""

    def judge(self, scored: Scored) -> Finding:
        """Return the verdict on a candidate."""


class Rule(BaseModel):
    """Settings of a gate, from its table in workbench.toml; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    compares: ClassVar[bool] = False
    needs: ClassVar[tuple[str, ...]] = ()

    @property
    def blocked(self) -> bool:
        """Whether the gate cannot do without the times of the rows."""
        return False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the frame that the settings name."""
        return ()

    def fits(self, task: str) -> str:  # noqa: ARG002 - those that depend on the task say how
        """Return why the gate cannot judge a model of this task; empty when it can."""
        return ""

    def judge(self, scored: Scored) -> Finding:
        """Return the verdict on a candidate."""
        raise NotImplementedError

    def settings(self) -> dict[str, Any]:
        """Return all settings as plain JSON, defaults filled in."""
        return self.model_dump(mode="json")


def judged(name: str, kind: str, gate: Gate, rule: Mapping[str, Any], scored: Scored) -> GateResult:
    """Return a gate's result; what cannot be measured is inconclusive."""
    try:
        finding = gate.judge(scored)
    except Unmeasurable as reason:
        finding = Finding(Verdict.INCONCLUSIVE, str(reason), {"rows": scored.rows})
    return GateResult(
        name,
        kind,
        finding.verdict,
        finding.summary,
        dict(rule),
        dict(finding.evidence),
        gate.compares,
        finding.table,
    )
