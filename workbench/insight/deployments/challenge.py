"""How a challenger did against its champion, look after look: the mean difference narrowing in its bounds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from workbench.monitoring.judgement.outcome import INCONCLUSIVE, PROMOTE, ROLLBACK
from workbench.registry.share import share_text

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.folded import Judged
    from workbench.insight.store import Store
    from workbench.monitoring.finding import Check

VERDICTS = {PROMOTE: "no worse", ROLLBACK: "worse", INCONCLUSIVE: "not shown yet"}
"""What each verdict of a judgement means, in words."""

ACTIONS = {
    "none": "nothing was done",
    "raised": "it got more traffic",
    "promoted": "it became champion",
    "withdrawn": "it was withdrawn: a guardrail was broken",
    "rolled_back": "it was rolled back: it is worse",
    "asked": "a person was asked",
    "expired": "it was withdrawn: nothing was shown in time",
}


@dataclass(frozen=True)
class Look:
    """One judgement.

    Attributes:
        mean: by how much the challenger's loss is greater, on average of the blocks; None: no block yet.
        lower, upper: its bounds, which hold at all times together; None: none yet.
        blocks: of time whose truth was known.
        rows: in them, scored by both.
        verdict: promote, rollback or inconclusive.
        action: what was done; one of ACTIONS.
        share: of the traffic afterwards.
        reason: in words.
    """

    at: datetime
    mean: float | None
    lower: float | None
    upper: float | None
    blocks: int
    rows: int
    verdict: str
    action: str
    share: float
    reason: str


@dataclass(frozen=True)
class Challenge:
    """A challenger's time against one champion.

    Attributes:
        metric: whose loss per row is compared; what is below zero is better than the champion.
        margin: how much worse still counts as no worse.
        looks: the oldest first.
        guardrails: of the last look.
        present: whether it goes on.
    """

    model: str
    version: int
    against: int
    metric: str
    margin: float
    looks: tuple[Look, ...]
    guardrails: tuple[Check, ...]
    present: bool = False

    @property
    def last(self) -> Look:
        """The newest look."""
        return self.looks[-1]

    @property
    def sentence(self) -> str:
        """How it stands, for people."""
        last = self.last
        word = VERDICTS.get(last.verdict, last.verdict)
        who = f"Version {self.version}"
        if self.present:
            return f"{who} is {word} than version {self.against}: {_bounded(self, last)}."
        return f"{who} against version {self.against}: {ACTIONS.get(last.action, last.action)}."


def challenges(store: Store, person: Person, model: str) -> tuple[Challenge, ...]:
    """Return every challenge of a model that was judged, the newest first.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view", model=model)
    state = store.model(model)
    judged = store.judgements(model)
    found = [_challenge(model, list(group)) for _, group in groupby(judged, key=_pair)]
    if found and (found[-1].version, found[-1].against) == (state.challenger, state.champion):
        found[-1] = replace(found[-1], present=True)
    return tuple(reversed(found))


def _pair(judged: Judged) -> tuple[int, int]:
    return judged.judgement.version, judged.judgement.against


def _challenge(model: str, judged: list[Judged]) -> Challenge:
    last = judged[-1].judgement
    looks = tuple(
        Look(
            at=each.at,
            mean=each.judgement.mean,
            lower=each.judgement.lower,
            upper=each.judgement.upper,
            blocks=each.judgement.blocks,
            rows=each.judgement.rows,
            verdict=each.judgement.verdict,
            action=each.judgement.action,
            share=each.judgement.share,
            reason=each.judgement.reason,
        )
        for each in judged
    )
    return Challenge(
        model, last.version, last.against, last.metric, last.margin, looks, tuple(last.guardrails)
    )


def _bounded(challenge: Challenge, look: Look) -> str:
    if look.mean is None:
        return "no truth is known yet"
    edges = [
        f"{word} {edge:+.4f}"
        for word, edge in (("at least", look.lower), ("at most", look.upper))
        if edge is not None
    ]
    sure = " and ".join(edges) or "no bounds yet"
    return (
        f"{challenge.metric} {look.mean:+.4f} on average of {look.blocks} blocks ({sure}), "
        f"margin {challenge.margin:+g}, with {share_text(look.share)} of the traffic"
    )
