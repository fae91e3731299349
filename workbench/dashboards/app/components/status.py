"""How something stands, in colour and sign and word: no meaning rests on colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from workbench.dashboards.app.components.markup import html
from workbench.insight.runs import RUNNING
from workbench.pipeline.outcome import Outcome
from workbench.registry.verdict import Verdict

GOOD, BAD, UNSURE, BUSY, QUIET = "good", "bad", "unsure", "busy", "quiet"
SIGNS = {GOOD: "✓", BAD: "✗", UNSURE: "?", BUSY: "…", QUIET: "–"}


@dataclass(frozen=True)
class Status:
    """A tone (`good`, `bad`, `unsure`, `busy`, `quiet`), a word, and why.

    Attributes:
        word: one or two, such as `healthy`.
        reason: a sentence; empty where there is nothing to say.
    """

    tone: str
    word: str
    reason: str = ""

    @property
    def sign(self) -> str:
        """What stands before the word."""
        return SIGNS[self.tone]


def chip(status: Status) -> Markup:
    """Return a status as a chip, its reason as what a pointer that rests on it shows."""
    return html(
        '<span class="chip {tone}" title="{reason}"><span aria-hidden="true">{sign}</span> {word}</span>',
        tone=status.tone,
        reason=status.reason,
        sign=status.sign,
        word=status.word,
    )


def of_verdict(verdict: Verdict | None, reason: str = "") -> Status:
    """Return how a verdict looks; None: nobody has asked yet."""
    if verdict is None:
        return Status(QUIET, "not asked", reason)
    tone = {Verdict.PASS: GOOD, Verdict.FAIL: BAD, Verdict.INCONCLUSIVE: UNSURE}[verdict]
    return Status(tone, verdict.value, reason)


def of_outcome(outcome: Outcome | None, reason: str = "") -> Status:
    """Return how a run, an entry or an attempt looks; None: it runs."""
    if outcome is None:
        return Status(BUSY, RUNNING, reason)
    if outcome is Outcome.SKIPPED:
        return Status(QUIET, outcome.value, reason)
    return Status(GOOD if outcome.is_success else BAD, outcome.value.replace("_", " "), reason)
