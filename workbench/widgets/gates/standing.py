"""How a version stands: why it was refused, and what each gate found, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.errors import UnknownNameError, UsageError
from workbench.insight.deployments.checklist import GateShown, gates
from workbench.insight.deployments.versions import VersionShown, version_shown
from workbench.pipeline.outcome import Outcome
from workbench.registry.verdict import Verdict, combined
from workbench.registry.version import CHAMPION
from workbench.widgets.named import model_named, run_named

if TYPE_CHECKING:
    from workbench.registry.model import ModelState
    from workbench.widgets.session import Session

_ORDER = {Verdict.FAIL: 0, Verdict.INCONCLUSIVE: 1, Verdict.PASS: 2}


@dataclass(frozen=True)
class Standing:
    """A version and its gates.

    Attributes:
        refusals: why it does not serve, or could not become champion today, in sentences.
        gates: what each found, those that did not pass first.
        judged_by: the run that attached the newest evidence; empty before the first.
    """

    model: str
    version: VersionShown
    refusals: tuple[str, ...]
    gates: tuple[GateShown, ...]
    judged_by: str = ""

    @property
    def verdict(self) -> Verdict:
        """What the gates come to together."""
        return combined(gate.verdict for gate in self.gates)

    @property
    def is_champion(self) -> bool:
        """Whether it is champion already."""
        return CHAMPION in self.version.brief.roles

    @property
    def headline(self) -> str:
        """Where it stands, in a few words."""
        if self.is_champion:
            return "is champion"
        if self.refusals:
            return "cannot become champion as things stand"
        return "may become champion" if self.gates else "was not judged yet"


def standing(session: Session, model: str, version: int) -> Standing:
    """Return how a version stands today.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model or version.
    """
    shown = version_shown(session.store, session.person, model, version)
    checks = gates(session.store, session.person, model, version)
    evaluation = session.store.model(model).find(version).evaluation
    judged_by = evaluation.run if evaluation else ""
    refusals = [_of_server(shown), *_of_gates(checks), _unless_said(_of_run(session, judged_by), checks)]
    if CHAMPION not in shown.brief.roles:
        refusals.append(_unless_said(f"Not today: {shown.blocked}" if shown.blocked else "", checks))
    return Standing(
        model,
        shown,
        tuple(filter(None, refusals)),
        tuple(sorted(checks, key=lambda gate: _ORDER[gate.verdict])),
        judged_by,
    )


def find_version(session: Session, model: str | None, run: str | None) -> tuple[str, int]:
    """Return the version that is meant: what a run judged or made, else a model's newest.

    Args:
        session: whose project it is.
        model: its name; None: the only one, or the one that the run judged.
        run: the run's id; None: any.

    Raises:
        UsageError: several models, or none, are meant; or the model has no version yet.
        UnknownNameError: there is no such model or run.
    """
    store = session.store
    models = store.models() if model is None else (store.model(model),)
    if run is not None:
        found = _by_run(models, run) or _by_run(models, run_named(store, run))
        if not found:
            raise UsageError(
                f"Run {run} has made no version and judged none.",
                hint="Gates are asked where a stage calls wb.check; look at another run, or at a model.",
            )
        return found[-1]
    meant = store.model(model_named(store, model))
    if not meant.versions:
        raise UsageError(
            f"The model {meant.name!r} has no version yet.",
            hint="Run the pipeline that trains it: workbench run",
        )
    return meant.name, max(meant.versions)


def _by_run(models: Sequence[ModelState], run: str) -> list[tuple[str, int]]:
    """Return the versions that a run made or judged."""
    return [
        (each.name, version.number)
        for each in models
        for version in each.versions.values()
        if run == version.run or run in {evaluation.run for evaluation in version.evaluations}
    ]


def _of_server(shown: VersionShown) -> str:
    return f"A server does not let it serve: {shown.refused}" if shown.refused else ""


def _of_gates(checks: Sequence[GateShown]) -> Iterator[str]:
    """Yield which gates speak against a version; what each found stands below, with its numbers."""
    words = {Verdict.FAIL: "failed", Verdict.INCONCLUSIVE: "could not tell, which never passes"}
    for verdict, said in words.items():
        names = [gate.name for gate in checks if gate.verdict is verdict]
        if names:
            yield f"Gate{'s' if len(names) > 1 else ''} {', '.join(names)} {said}."


def _unless_said(reason: str, checks: Sequence[GateShown]) -> str:
    """Return a reason, unless it is only what the gates that did not pass say themselves."""
    against = [gate for gate in checks if gate.verdict is not Verdict.PASS]
    return "" if against and all(gate.evidence in reason for gate in against) else reason


def _of_run(session: Session, run: str) -> str:
    """Return why the run that judged it ended as it did, when that was a no."""
    try:
        found = session.store.run(run) if run else None
    except UnknownNameError:
        return ""
    if found is None or found.outcome is not Outcome.REJECTED:
        return ""
    return f"Run {run} was rejected: {found.reason}"
