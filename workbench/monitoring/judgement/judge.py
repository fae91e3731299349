"""Judges a model's challenger by what has become known, and acts on it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.errors import ConflictError, TrackingError, UnknownNameError
from workbench.ledger import Append, NewEvent
from workbench.monitoring.finding import Check
from workbench.monitoring.judgement.guardrails import Traffic, guard
from workbench.monitoring.judgement.judgement import JUDGED, Judgement, stream_of
from workbench.monitoring.judgement.outcome import Outcome, outcome_of, unmeasured
from workbench.monitoring.judgement.pairs import Versions, blocks_of, elapsed, paired
from workbench.monitoring.judgement.policy import JUDGE, Case, Rules, Step, decide
from workbench.registry import read_model
from workbench.registry.challenge import challenge_metric
from workbench.registry.deployment import SHARED
from workbench.registry.gate import Unmeasurable
from workbench.registry.gates import gates_of
from workbench.registry.model import stream_of as model_stream
from workbench.registry.version import CHALLENGER, CHAMPION
from workbench.serving.log import PredictionLog

if TYPE_CHECKING:
    import polars as pl

    from workbench.ledger import Ledger
    from workbench.project import ModelConfig
    from workbench.project.monitoring import ChallengeConfig
    from workbench.registry import ModelState
    from workbench.workspace import Workspace

_TRIES = 20
_PATIENCE = 2  # times `max_blocks`, when blocks do not fill


@dataclass(frozen=True)
class _Found:
    """What was found of two versions."""

    outcome: Outcome
    guardrails: tuple[Check, ...]


@dataclass(frozen=True)
class _Share:
    """Since when the challenger has its share of the traffic, and who lowered it by hand."""

    at: datetime
    held_by: str = ""


def judge(workspace: Workspace, model: str, *, act: bool = True) -> Judgement | None:
    """Judge a model's challenger, and do what follows; the judgement and the deed are one write.

    Args:
        workspace: the project's.
        model: one that declares `[models.NAME.challenge]`.
        act: whether anything is done and written; otherwise it is only said what would be.

    Returns:
        The judgement; None when nobody challenges.

    Raises:
        ConfigurationError: the model declares no challenge, or a metric without a loss per row.
        UnknownNameError: there is no such model.
        ConflictError: others changed the model every time.
    """
    project, ledger, now = workspace.project, workspace.ledger, workspace.clock.now()
    config = project.model(model)
    metric = challenge_metric(model, config)
    challenge = config.challenge
    assert challenge is not None
    by_hand = config.interactive == "allow"
    rules = Rules(challenge, config.promotion.policy, gates_of(model, config), by_hand)
    log = PredictionLog(project)
    for left in reversed(range(_TRIES)):
        state = read_model(ledger, model)
        if state.champion is None or state.challenger is None:
            return None
        share = _share(ledger, state)
        found = _look(log, state, config, metric=metric, shared_at=share.at, now=now)
        step = decide(state, _case(state, found, share, challenge, now), rules)
        judgement = _judgement(state, metric, challenge, found, step)
        if not act:
            return judgement
        try:
            _write(ledger, state, judgement, step)
        except ConflictError:
            if not left:
                raise
        else:
            break
    if step.events:
        with suppress(TrackingError):  # MLflow is brought level by whoever decides next
            workspace.extension.project()
    return judgement


def compared_since(state: ModelState) -> datetime:
    """Return since when the present challenger challenges the present champion."""
    holders = {CHAMPION: state.champion, CHALLENGER: state.challenger}
    return max(
        next(move.at for move in reversed(state.moves) if (move.alias, move.after) == holder)
        for holder in holders.items()
    )


def _look(
    log: PredictionLog,
    state: ModelState,
    config: ModelConfig,
    *,
    metric: str,
    shared_at: datetime,
    now: datetime,
) -> _Found:
    assert config.challenge is not None
    assert state.champion is not None
    assert state.challenger is not None
    challenge, since = config.challenge, compared_since(state)
    versions = Versions(state.champion, state.challenger)
    groups = _groups(config) if challenge.guardrails.fairness is not None else ()
    rows = _window(log, state.name, (since, now), versions, groups)
    labelled = log.with_labels(paired(rows, versions), log.labels(state.name, since))
    try:
        blocks = blocks_of(labelled, challenge, metric=metric, task=config.task, now=now)
        outcome = outcome_of(blocks, challenge, metric=metric, against=versions.champion)
    except Unmeasurable as reason:
        outcome = unmeasured(str(reason))
    fresh = max(now - challenge.arm_time, shared_at)
    traffic = Traffic(
        rows=rows,
        labelled=labelled,
        versions=versions,
        task=config.task,
        share=state.share,
        since=since,
        now=now,
        shared_at=shared_at,
        fresh=fresh,
        groups=groups,
    )
    return _Found(outcome, guard(traffic, challenge))


def _window(
    log: PredictionLog,
    model: str,
    span: tuple[datetime, datetime],
    versions: Versions,
    columns: tuple[str, ...],
) -> pl.DataFrame:
    try:
        return log.window(model, *span, arms=None, versions=versions, columns=columns)
    except UnknownNameError:  # the guardrail that asks for the column says so
        return log.window(model, *span, arms=None, versions=versions, columns=())


def _groups(config: ModelConfig) -> tuple[str, ...]:
    """Return the columns whose values are compared: those that monitoring names, or the gates."""
    own = config.monitoring.fairness if config.monitoring is not None else ()
    gates = (gate for name, gate in config.gates.items() if gate.get("kind", name) == "fairness")
    return own or tuple(dict.fromkeys(column for gate in gates for column in gate.get("by", ())))


def _share(ledger: Ledger, state: ModelState) -> _Share:
    since = compared_since(state)
    changes = ledger.find(
        kinds=(SHARED,), subject=state.name, key=str(state.challenger), newest_first=True, limit=1
    )
    if not changes or changes[0].at < since:
        return _Share(since)
    last = changes[0]
    lowered = last.data["after"] < last.data["before"] and last.actor != JUDGE
    return _Share(last.at, last.actor if lowered else "")


def _case(state: ModelState, found: _Found, share: _Share, config: ChallengeConfig, now: datetime) -> Case:
    full = len(found.outcome.blocks) >= config.max_blocks
    late = elapsed(compared_since(state), now, config) >= _PATIENCE * config.max_blocks
    return Case(found.outcome, found.guardrails, share.at, now, share.held_by, full or late)


def _judgement(
    state: ModelState, metric: str, config: ChallengeConfig, found: _Found, step: Step
) -> Judgement:
    assert state.champion is not None
    assert state.challenger is not None
    after = state.copy()
    for event in step.events:
        after.apply(event.kind, event.data, at=compared_since(state), actor=JUDGE)
    outcome = found.outcome
    return Judgement(
        model=state.name,
        version=state.challenger,
        against=state.champion,
        verdict=outcome.verdict,
        metric=metric,
        mean=outcome.mean,
        lower=outcome.lower,
        upper=outcome.upper,
        margin=config.margin,
        blocks=len(outcome.blocks),
        rows=sum(block.rows for block in outcome.blocks),
        action=step.action,
        share=after.share,
        guardrails=found.guardrails,
        reason=step.reason,
    )


def _write(ledger: Ledger, state: ModelState, judgement: Judgement, step: Step) -> None:
    """Write judgement and deed, on condition that nobody changed the model since it was looked at."""
    stream = stream_of(state.name)
    told = NewEvent(JUDGED, judgement.to_dict(), subject=state.name, key=str(judgement.version))
    ledger.append(
        Append(model_stream(state.name), state.version, step.events),
        Append(stream, ledger.version(stream), (told,)),
        actor=JUDGE,
    )
