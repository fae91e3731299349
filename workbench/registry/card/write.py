"""Writes a version's card from everything that is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.registry.card.answers import answers
from workbench.registry.card.document import Document
from workbench.registry.card.known import Known, gather
from workbench.registry.card.sections import sections
from workbench.registry.card.words import label, moment
from workbench.registry.version import CHAMPION, Version

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.project import Project


def model_card(version: Version, *, ledger: Ledger, project: Project) -> Document:
    """Return a version's card.

    Args:
        version: the version.
        ledger: what it was trained on, how it was judged and who approved it stand there alone.
        project: says what the model is for, and where the figures are.
    """
    known = gather(version, ledger=ledger, project=project)
    config = known.config
    what = f"{config.task} model of {label(config.target)}" if config else "no longer declared"
    return Document(
        title=f"{version.model} version {version.number}",
        subtitle=f"{_standing(known)} · {what} · project {project.name}",
        summary=config.description if config else "",
        badges=tuple(_badges(known)),
        answers=answers(known),
        sections=sections(known),
        footer=f"Written from event {known.head.position} of the ledger, whose hash is {known.head.hash}.",
        data=known.trace.to_dict(),
    )


def _standing(known: Known) -> str:
    aliases = known.trace.aliases
    if CHAMPION in aliases:
        since = next(
            m for m in reversed(known.trace.moves) if (m.alias, m.after) == (CHAMPION, known.version.number)
        )
        return f"champion since {moment(since.at)}"
    if aliases:
        return aliases[0]
    number = known.state.champion
    return "no champion yet" if number is None else f"not the champion, which is version {number}"


def _badges(known: Known) -> list[tuple[str, str]]:
    verdict = known.version.verdict
    tones = {"pass": "good", "fail": "bad", "inconclusive": "doubt"}
    judged = (
        (f"{verdict.mark} gates {verdict.value}", tones[verdict.value])
        if verdict
        else ("not judged", "doubt")
    )
    return [*((alias, "plain") for alias in known.trace.aliases), judged]
