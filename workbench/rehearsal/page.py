"""The timeline as one HTML file: picture, comparison and table, with nothing beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.registry.card.document import Answer, Block, Document, Picture, Points, Section, Table, Text
from workbench.registry.card.words import label, moment
from workbench.rehearsal.moment import (
    ACKNOWLEDGED,
    ALERT,
    FAILURE,
    KINDS,
    OVERRIDE,
    PROMOTION,
    REFUSAL,
    RETRAINING,
    ROLLBACK,
    WITHDRAWAL,
    is_machine,
)

if TYPE_CHECKING:
    from workbench.rehearsal.comparison import Comparison, Difference
    from workbench.rehearsal.timeline import Timeline

_CAPTION = "Week by week: what answered, and one version alone. Below: who answered, and what happened."
_TONES = {"better": "good", "worse": "bad", "undecided": "doubt", "equal": "plain"}
_SAID = {
    "better": "Better than version {first} alone",
    "worse": "Worse than version {first} alone",
    "undecided": "Not told apart from version {first} alone",
    "equal": "Version {first} alone answered",
}
_BY_ITSELF = {
    ALERT: "{} fired",
    RETRAINING: "{} trained",
    REFUSAL: "{} refused",
    FAILURE: "{} failed",
    PROMOTION: "{} promoted",
    ROLLBACK: "{} rolled back",
    WITHDRAWAL: "{} withdrawn without a verdict",
}
_NOUNS = {ALERT: "alert", FAILURE: "training"}


def as_document(timeline: Timeline, picture: Path, project: str) -> Document:
    """Return what the page says.

    Args:
        timeline: what happened.
        picture: of it, a PNG.
        project: whose model it is.
    """
    head = timeline.head
    return Document(
        title=timeline.title,
        subtitle=f"project {project} · {timeline.sentence}",
        summary="",
        badges=(),
        answers=tuple(_answers(timeline)),
        sections=(
            Section("At a glance", (Picture(picture, _CAPTION, wide=True),)),
            Section("What answered, and what one version alone would have", tuple(_compared(timeline))),
            Section("Everything that happened", tuple(_table(timeline))),
            Section("How to check it", (_ways(timeline),)),
        ),
        footer=f"Written from event {head.position} of the ledger, whose hash is {head.hash}.",
        data=timeline.to_dict(),
        kind="Timeline",
    )


def _answers(timeline: Timeline) -> Iterator[Answer]:
    yield _helped(timeline)
    yield _who_answered(timeline)
    counts = timeline.counts
    lines = [
        told.format(f"{counts[kind]} {_noun(kind, counts[kind])}")
        for kind, told in _BY_ITSELF.items()
        if counts.get(kind)
    ]
    machine = [each for each in timeline.moments if is_machine(each.who)]
    headline = f"{len(timeline.moments)} event{'' if len(timeline.moments) == 1 else 's'}"
    yield Answer("What happened?", headline, (*lines, f"{len(machine)} of them by the workbench itself"))
    yield _people(timeline)


def _noun(kind: str, count: int) -> str:
    noun = _NOUNS.get(kind, "version")
    return noun if count == 1 else f"{noun}s"


def _helped(timeline: Timeline) -> Answer:
    question, found = "Did it help?", timeline.comparison
    if found is None:
        return Answer(question, "Nobody can say", (timeline.missing,), "doubt")
    last = found.differences[-1]
    lines = [f"{_name(each)} {each.served:.4f} against {each.first:.4f}" for each in found.differences]
    return Answer(question, _SAID[last.says].format(first=found.first), tuple(lines), _TONES[last.says])


def _who_answered(timeline: Timeline) -> Answer:
    question, found = "Who answered?", timeline.comparison
    if found is None:
        reigned = dict.fromkeys(str(reign.version) for reign in timeline.champions)
        return Answer(question, f"Version {', '.join(reigned)}" if reigned else "Nobody")
    versions = [f"version {version}: {rows:,} with a label" for version, rows in found.versions.items()]
    return Answer(question, f"{found.answered:,} answers", versions)


def _people(timeline: Timeline) -> Answer:
    by_hand = [each for each in timeline.moments if each.kind in (OVERRIDE, ACKNOWLEDGED)]
    lines = [f"{_day(timeline.local(each.at))}: {each.what}, by {each.who}" for each in by_hand[:4]]
    headline = f"{len(by_hand)} time{'' if len(by_hand) == 1 else 's'}" if by_hand else "Never"
    return Answer("Did a person step in?", headline, lines or ("All of it was policy.",))


def _compared(timeline: Timeline) -> Iterator[Block]:
    found = timeline.comparison
    if found is None:
        yield Text(timeline.missing, quiet=True)
        return
    columns = ("", "what answered", f"version {found.first} alone", "difference", "interval", "verdict")
    rows = [
        (
            _name(each),
            f"{each.served:.4f}",
            f"{each.first:.4f}",
            f"{each.difference:+.4f}",
            f"{each.lower:+.4f} to {each.upper:+.4f}",
            each.says,
        )
        for each in found.differences
    ]
    yield Table(columns, rows, right=frozenset(columns[1:5]), verdicts="verdict", tones=_TONES)
    yield Text(_method(found), quiet=True)


def _method(found: Comparison) -> str:
    left = f" {found.refused:,} that it would have turned away are left out." if found.refused else ""
    return (
        f"Both on the same {found.labelled - found.refused:,} predictions whose truth is known, of "
        f"{found.answered:,} that were answered; version {found.first} scored those that another version had "
        f"answered anew, from the log.{left} The interval of the difference holds with "
        f"{found.confidence:.0%} confidence; it is a studentised bootstrap over {found.blocks} blocks of "
        f"{found.block} ({found.timezone}), because predictions of one block share what happened in it."
    )


def _table(timeline: Timeline) -> Iterator[Block]:
    columns = ("event", "when", "kind", "what", "who", "why")
    rows = [
        (
            str(each.position),
            _minute(timeline.local(each.at)),
            each.kind,
            _what(each.what, timeline.local(each.until) if each.until else None),
            each.who,
            each.why,
        )
        for each in timeline.moments
    ]
    if not rows:
        yield Text("Nothing happened.", quiet=True)
        return
    yield Table(columns, rows, right=frozenset({"event", "when"}), verdicts="kind", tones=KINDS)
    yield Text(f"Times are those of {timeline.timezone}.", quiet=True)


def _what(what: str, until: datetime | None) -> str:
    return f"{what} (until {_day(until)})" if until else what


def _ways(timeline: Timeline) -> Points:
    return Points(
        (
            "workbench audit verify: the ledger's chain is whole, and holds every head kept elsewhere.",
            "workbench audit export: every event; the number in the first column is its position.",
            f"workbench models {timeline.model}: who is champion now, and by whose decision.",
            f"workbench trace {timeline.model}/VERSION: from a version to its data, cells and approver.",
        )
    )


def _name(each: Difference) -> str:
    return "AUC" if each.metric == "auc" else label(each.metric)


def _day(at: datetime) -> str:
    return moment(at).partition(",")[0]


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d} {at:%H:%M}"  # they stay on one line
