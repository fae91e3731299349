"""Whether what the gates said of a version carries its promotion today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.errors import RejectedError
from workbench.registry.model import ModelState
from workbench.registry.report import why_not
from workbench.registry.verdict import Verdict
from workbench.registry.version import CHAMPION, Evaluation, Version

if TYPE_CHECKING:
    from workbench.registry.gates import NamedGate


_RERUN = (
    'Let a runner make it: workbench run --force. Or say interactive = "allow" under its model in '
    "workbench.toml."
)


def check_evidence(
    state: ModelState,
    version: Version,
    gates: Sequence[NamedGate],
    alias: str = CHAMPION,
    *,
    by_hand: bool = False,
) -> None:
    """Let a version pass that every gate declared today passed, on its own data, against today's champion.

    Args:
        state: the model's present state.
        version: the version that is to be promoted.
        gates: what the model declares today.
        alias: what it is to become, for the message.
        by_hand: whether one that came of a person's session may be promoted.

    Raises:
        RejectedError: something is missing; the message says what, and what to do.
    """
    if version.interactive and not by_hand:
        raise refused(version, alias, _by_hand(version), _RERUN)
    if not gates:
        hint = f"Declare at least one in workbench.toml, under [models.{state.name}.gates]."
        raise refused(version, alias, "no gate is declared for it", hint)
    again = f"Evaluate it again (workbench run), or see what there is: workbench models {state.name}"
    if not version.evaluations:
        raise refused(version, alias, "its gates never ran", again)
    evaluation = _relevant(state, version)
    if evaluation is None:
        raise refused(version, alias, _another_champion(state, version.evaluations[-1]), again)
    strange = _other_data(version, evaluation)
    if strange:
        raise refused(version, alias, f"its gates ran on other data: {strange}", again)
    unmet = _unmet(evaluation, gates)
    if unmet:
        raise refused(version, alias, unmet, again)
    if evaluation.verdict is not Verdict.PASS:
        raise refused(version, alias, why_not(evaluation.gates), "Train a better candidate.")


def why_blocked(
    state: ModelState,
    version: Version,
    gates: Sequence[NamedGate],
    alias: str = CHAMPION,
    *,
    by_hand: bool = False,
) -> str:
    """Return why a version cannot be promoted as things stand; empty when it can."""
    try:
        check_evidence(state, version, gates, alias, by_hand=by_hand)
    except RejectedError as error:
        return error.message
    return ""


def refused(version: Version, alias: str, why: str, hint: str) -> RejectedError:
    """Return the error that says why a version does not become an alias's holder."""
    return RejectedError(
        f"Version {version.number} of {version.model!r} cannot become {alias}: {why}.",
        hint=hint,
        evidence=[result.to_dict() for result in version.gates],
    )


def _by_hand(version: Version) -> str:
    return (
        f"it came of what {version.interactive} committed from a session (run {version.run}), and nobody can "
        "say that its notebook makes it again"
    )


def _relevant(state: ModelState, version: Version) -> Evaluation | None:
    fits = (e for e in reversed(version.evaluations) if not e.compared or e.against == state.champion)
    return next(fits, None)


def _another_champion(state: ModelState, newest: Evaluation) -> str:
    then = "nobody was champion" if newest.against is None else f"version {newest.against} was champion"
    now = "nobody is" if state.champion is None else f"version {state.champion} is"
    return f"its gates ran when {then}, but now {now}"


def _other_data(version: Version, evaluation: Evaluation) -> str:
    """Return which dataset was judged on in another version than the one that was learnt from."""
    for name, judged_on in evaluation.data.items():
        learnt_from: Mapping[str, Any] = version.inputs.get(name, {})
        if learnt_from.get("kind") == "dataset" and learnt_from["fingerprint"] != judged_on:
            which = f"version {learnt_from['version']}, " if learnt_from.get("version") else ""
            return (
                f"they read {name} with the fingerprint {judged_on[:12]}, "
                f"but it was trained from {which}{learnt_from['fingerprint'][:12]}"
            )
    return ""


def _unmet(evaluation: Evaluation, gates: Sequence[NamedGate]) -> str:
    results = {result.name: result for result in evaluation.gates}
    for gate in gates:
        result = results.get(gate.name)
        if result is None:
            return f"gate {gate.name} never ran"
        if dict(result.rule) != gate.rule:
            return f"gate {gate.name} ran with other settings"
    return ""
