from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.registry.models import MODEL, gate, gates
from tests.registry.story import Story
from workbench.ledger import Append, MemoryLedger, NewEvent
from workbench.registry import Registry
from workbench.registry.card import Document, as_markdown, as_page, model_card
from workbench.registry.card.comparison import CANDIDATE, compared
from workbench.registry.card.evidence import evidence_blocks, explanation_blocks
from workbench.registry.card.words import shorten, value
from workbench.registry.projection import Projection
from workbench.registry.shown import MemoryModels

WORST = {"column": "carrier", "value": "HA<i>", "rows": 500, "metric": 0.61, "note": ""}
SLICES = {
    **gate("quality"),
    "name": "slices",
    "kind": "slices",
    "summary": "worst of 3 slices is carrier=HA<i>",
    "evidence": {"metric": "auc", "worst": WORST, "next": [{**WORST, "value": "UA", "metric": 0.7}]},
}


@pytest.fixture
def story(tmp_path: Path, ledger: MemoryLedger) -> Story:
    return Story(tmp_path / "shop", ledger)


def card(story: Story) -> Document:
    return model_card(story.state.versions[1], ledger=story.ledger, project=story.project)


def answer(story: Story, question: str) -> list[str]:
    found = next(each for each in card(story).answers if each.question == question)
    return [found.headline, *found.lines]


def registry_of(story: Story, folder: Path) -> Registry:
    return Registry(story.project, story.ledger, Projection(story.ledger, MemoryModels(), folder / "state"))


def test_a_card_answers_four_questions_at_a_glance(story: Story, tmp_path: Path) -> None:
    """Trained on what, good at what, bad for whom, approved by whom."""
    story.judge([*gates(), SLICES])
    story.promote("a")
    registry_of(story, tmp_path).approve(MODEL, 1, reason="seen", actor="bob@lab")
    assert answer(story, "Trained on what?") == [
        "8 rows of features",
        "train until 2013-10-31",
        "features version 1 has 10 rows",
        "Made from raw",
    ]
    assert answer(story, "Good at what?") == [
        "log loss 0.4",
        "Predicts late (binary)",
        "20.0% better than logistic (0.5)",
        "auc 0.8",
    ]
    assert answer(story, "Bad for whom?") == [
        "carrier HA<i>: auc 0.61",
        "✓ slices: worst of 3 slices is carrier=HA<i>",
    ]
    assert answer(story, "Approved by whom?")[:3] == ["bob@lab", "Policy: four-eyes", "Asked for by ada@lab"]


def test_where_nobody_looked_the_card_says_so(story: Story) -> None:
    """An unasked question is not a good answer."""
    assert answer(story, "Good at what?")[0] == "Nothing was measured"
    assert answer(story, "Bad for whom?") == ["Nobody looked", "Its gates never ran."]
    assert answer(story, "Approved by whom?") == ["Nobody", "It was never champion, and nobody asked."]
    story.judge()
    assert answer(story, "Bad for whom?") == ["Nobody looked", "No gate compares slices or groups."]
    story.promote("a")
    assert answer(story, "Approved by whom?")[0] == "Waits for approval"


def test_a_rejection_and_an_automatic_promotion_are_told_apart(
    story: Story, tmp_path: Path, ledger: MemoryLedger
) -> None:
    """No person stands behind what a policy did by itself."""
    story.judge()
    story.promote("a")
    registry_of(story, tmp_path).reject(MODEL, 1, reason="no winter in it", actor="bob@lab")
    assert answer(story, "Approved by whom?")[::2] == ["Rejected by bob@lab", "“no winter in it”"]
    alone = Story(tmp_path / "alone", MemoryLedger(ledger._clock), policy="automatic")
    alone.judge()
    alone.promote("a")
    assert answer(alone, "Approved by whom?")[:3] == [
        "Nobody: by policy",
        "The policy is automatic: its gates passed, and no person was asked",
        "Run started by ada@lab",
    ]


def test_a_version_that_lost_its_place_says_so(story: Story, tmp_path: Path) -> None:
    """The card of an older champion is not read as that of today's."""
    story.judge()
    story.promote("a")
    registry = registry_of(story, tmp_path)
    registry.approve(MODEL, 1, actor="bob@lab")
    story.champion("b")
    registry.approve(MODEL, 2, actor="bob@lab")
    assert "not the champion, which is version 2" in card(story).subtitle
    assert "No champion any more since" in answer(story, "Approved by whom?")[-1]


class Inspector(HTMLParser):
    """Collects the tags of a page and where its attributes lead."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.sources: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.sources += [v or "" for name, v in attrs if name in ("src", "href")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def test_the_page_stands_alone_and_nothing_in_it_becomes_markup(tmp_path: Path, ledger: MemoryLedger) -> None:
    """Figures are inside, no script, nothing from elsewhere, and a name with tags is shown as it is."""
    story = Story(tmp_path / "shop", ledger)
    story.judge([*gates(), SLICES])
    story.promote("a", reason='<script>alert("x")</script>')
    page = as_page(card(story))
    found = Inspector()
    found.feed(page)
    assert found.tags.isdisjoint({"script", "iframe", "link", "a", "form", "object", "b", "i"})
    assert [source[:22] for source in found.sources] == ["data:image/png;base64,"]
    assert found.handlers == []
    assert "default-src 'none'" in page
    assert "&lt;script&gt;alert" in page
    assert "fit(&lt;b&gt;)" in page
    assert "prefers-color-scheme: dark" in page


def test_markdown_says_the_same_and_escapes(story: Story) -> None:
    """A bar in a name does not break a table."""
    odd = {**SLICES, "summary": "worst is a|b *star* <b>"}
    story.judge([*gates(), odd])
    text = as_markdown(card(story))
    assert text.startswith("# delay version 1\n")
    assert r"worst is a\|b \*star\* \<b\>" in text
    assert "| **" not in text
    for line in text.splitlines():
        if line.startswith("| ---"):
            columns = line.count("|")
        elif line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) >= 3
    assert columns >= 3


def test_what_the_model_is_for_comes_from_the_project(tmp_path: Path, ledger: MemoryLedger) -> None:
    """And where it says nothing, the card says where to say it."""
    story = Story(tmp_path / "shop", ledger)
    missing = as_markdown(card(story))
    assert r"Say it as intended\_use under \[models.delay\] in workbench.toml" in missing
    toml = (story.project.root / "workbench.toml").read_text()
    added = (
        'metric = "log_loss"\ndescription = "Late?"\nintended_use = "Warnings."\n'
        'limits = ["One year.", "NYC."]\n'
    )
    (story.project.root / "workbench.toml").write_text(toml.replace('metric = "log_loss"\n', added, 1))
    from workbench.project import load_project

    said = model_card(story.state.versions[1], ledger=ledger, project=load_project(story.project.root))
    assert said.summary == "Late?"
    assert "Warnings." in as_page(said)
    assert "<li>One year.</li>" in as_page(said)


def test_a_picture_that_is_none_is_not_shown(story: Story) -> None:
    """Whatever lies in the folder of figures, only PNG images get into the page."""
    story.judge()
    (story.project.layout.attempt(story.run, "evaluate", 1) / "figures" / "roc.png").write_text(
        "<svg onload=x>"
    )
    page = as_page(card(story))
    assert "roc: the file is no PNG image." in page
    assert "onload" not in page


def test_explanations_that_came_with_evidence_are_drawn(story: Story) -> None:
    """Contributions as bars, dependence as tables, whatever else as facts."""
    story.judge()
    event = story.ledger.find(kinds=("version.evaluated",))[0]
    importance = [{"column": "dest", "contribution": 0.3}, {"column": "hour", "contribution": 0.1}]
    dependence = [{"column": "hour", "values": [1, 2], "scores": [0.1, 0.2]}]
    explanation = {"method": "pred_contrib", "importance": importance, "dependence": dependence}
    again = NewEvent("version.evaluated", {**event.data, "explanation": explanation}, subject=MODEL, key="1")
    story.ledger.append(Append(event.stream, story.ledger.version(event.stream), (again,)))
    page = as_page(card(story))
    assert '<td>dest</td><td class="bar"><span style="width:100.0%">' in page
    assert "dependence on hour" in page
    assert "pred_contrib" in page


@pytest.mark.parametrize(
    ("evidence", "shapes"),
    [
        ({"metric": "auc", "value": 0.7}, ["Facts"]),
        ({"worst": WORST, "next": [WORST]}, ["Table"]),
        ({"groups": {"size": {"large": 0.5, "small": 0.6}}}, ["Table"]),
        ({"difference": {"mean": 0.1, "lower": 0.0}, "doubts": []}, ["Table"]),
        ({"bins": [{"from": 0.0, "rows": 3}], "rows": 3}, ["Facts", "Table"]),
        ({"importance": {"a": 1.0}}, []),
        ({}, []),
    ],
)
def test_evidence_of_any_shape_is_shown(evidence: dict[str, Any], shapes: list[str]) -> None:
    """A gate that this page never heard of is no less readable."""
    assert [type(block).__name__ for block in evidence_blocks(evidence)] == shapes


@pytest.mark.parametrize(
    ("evidence", "shapes"),
    [
        ({"importance": {"a": 1.0, "b": -2.0}}, ["Bars"]),
        ({"contributions": [{"feature": "a", "share": 0.4}]}, ["Bars"]),
        ({"contributions": [{"feature": "a", "kind": "text"}]}, ["Table"]),
        ({"explanation": "none"}, ["Text"]),
        ({"value": 3}, []),
    ],
)
def test_explanations_of_any_shape_are_shown(evidence: dict[str, Any], shapes: list[str]) -> None:
    """By their name; the largest is first."""
    assert [type(block).__name__ for block in explanation_blocks(evidence)] == shapes


def test_metrics_are_lined_up_with_those_of_others_the_best_first() -> None:
    """`logistic_auc` beside `auc` is logistic's; better is what the metric says it is."""
    found = compared(
        {
            "auc": 0.8,
            "base_auc": 0.5,
            "logistic_auc": 0.75,
            "log_loss": 0.4,
            "base_log_loss": 0.6,
            "rows": 9.0,
        },
        "log_loss",
    )
    assert list(found.metrics) == ["log_loss", "auc"]
    assert list(found.who) == [CANDIDATE, "base", "logistic"]
    assert found.alone == {"rows": 9.0}
    assert found.better_by("log_loss", "base") == pytest.approx(1 / 3)
    assert found.better_by("auc", "logistic") == pytest.approx(0.8 / 0.75 - 1)
    assert found.better_by("auc", "nobody") is None


def test_words_stay_short_and_plain() -> None:
    """Values of any kind on one line."""
    assert value({"a": [1, 2.5], "b": None, "c": True, "d": float("nan")}) == "a 1, 2.5, b –, c yes, d –"
    assert shorten("one two three four", 12) == "one two …"
