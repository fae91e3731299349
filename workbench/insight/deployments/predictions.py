"""One answer, traced: its row, version, run, data and code cells, the gates, who approved it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.errors import UnknownNameError, WorkbenchError
from workbench.insight.deployments.contributions import Explained, explain_row
from workbench.insight.deployments.kept import kept
from workbench.registry.deployment import Deployment
from workbench.registry.model import fold, stream_of
from workbench.registry.trace import Trace, trace
from workbench.serving.log import PredictionLog
from workbench.serving.refused import Refused

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.registry.version import Promotion
    from workbench.serving.log import Prediction

_LONGEST = 60  # characters of an id


@dataclass(frozen=True)
class PredictionTrace:
    """An answer, and everything behind it.

    Attributes:
        row: what was asked and answered, what came true, and what shadows said.
        then: which versions served at that moment.
        trace: where the version comes from: runs, data, code cells, gates, promotions.
        explained: what each column contributed; None where that cannot be told.
        silent: why it cannot; empty where it can.
    """

    row: Prediction
    then: Deployment
    trace: Trace
    explained: Explained | None = None
    silent: str = ""

    @property
    def promotion(self) -> Promotion | None:
        """The promotion by which the version came to the part in which it answered."""
        fits = [
            promotion
            for promotion in self.trace.promotions
            if promotion.alias == self.row.arm
            and promotion.state == "approved"
            and promotion.decision is not None
            and promotion.decision.at <= self.row.at
        ]
        return fits[-1] if fits else None

    @property
    def approver(self) -> str:
        """Who let the version into the part in which it answered; empty where nobody had to."""
        found = self.promotion
        return found.decision.actor if found and found.decision else ""


def trace_prediction(store: Store, person: Person, prediction: str) -> PredictionTrace:
    """Return an answer with everything behind it.

    Args:
        store: the project's state.
        person: who asks.
        prediction: the id that the answer came with; a request's id means its first row.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: the log has no such answer, or its version is not known any more.
        StorageError: the ledger or the log cannot be read.
    """
    person.require("view")
    wanted = prediction.strip()
    row = PredictionLog(store.project).find(wanted) if len(wanted) <= _LONGEST else None
    if row is None:
        raise UnknownNameError(
            "prediction",
            wanted[:_LONGEST],
            hint="It is not in this project's log. An answer tells its id in the header x-prediction-id.",
        )
    version = store.model(row.model).find(row.version)
    events = store.ledger.read(stream_of(row.model))
    then = fold(row.model, (event for event in events if event.at <= row.at)).deployment
    found = trace(version, ledger=store.ledger, project=store.project)
    explained: Explained | None = None
    silent = ""
    try:
        explained = _explained(store, row)
    except (WorkbenchError, Refused) as error:
        silent = f"{error} {error.hint}" if isinstance(error, Refused) else f"{error.message} {error.hint}"
    return PredictionTrace(row, then, found, explained, silent.strip())


def _explained(store: Store, row: Prediction) -> Explained:
    """Return what each column contributed; the model that explains is kept for the next row."""
    from workbench.serving.model import load_served

    project, version = store.project, store.model(row.model).find(row.version)
    served = kept(
        store,
        "served model",
        (row.model, row.version, version.fingerprint),
        lambda: load_served(version, project),
    )
    return explain_row(served, row, project.model(row.model).sensitive)
