"""The seam through which a layer above takes part in a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from workbench.ledger import Append
from workbench.pipeline.outcome import Outcome


@dataclass(frozen=True)
class Ended:
    """An attempt that succeeded or was rejected, before its end is written to the ledger.

    Attributes:
        outputs: records of what the stage saved, datasets already carrying their Delta version.
        inputs: records of exactly what it read.
        requests: what the notebook asked of the layers above (`stage.request`), in order.
    """

    run: str
    pipeline: str
    entry: str
    stage: str
    attempt: int
    outcome: Outcome
    actor: str
    outputs: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    inputs: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    requests: Sequence[dict[str, Any]] = ()
    tracking_id: str | None = None


class Extension(Protocol):
    """What the registry, and later other layers, add to a run.

    The contract: `appends` decides and writes nothing; the runner writes what it returns in one
    transaction with the attempt's own end, and asks again after a conflict. `project` is idempotent.
    """

    def resolve_input(self, name: str, upstream: Mapping[str, dict[str, Any]]) -> dict[str, Any] | None:
        """Return the record behind an input such as `flight-delay@champion`; None when it is not ours."""

    def appends(self, ended: Ended) -> Sequence[Append]:
        """Return the events that belong to this end; raise RejectedError to turn it into a rejection."""

    def compared(self, ended: Ended) -> Mapping[str, Any]:
        """Return what stands beside a refusal: what the candidate differs in from the champion's run."""

    def project(self) -> None:
        """Bring every projection (MLflow's registry) to what the ledger says."""
