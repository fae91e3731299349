from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.registry.models import MODEL, candidate
from tests.registry.story import RUN, Story
from workbench.ledger import MemoryLedger
from workbench.registry import Registry
from workbench.registry.projection import Projection
from workbench.registry.shown import MemoryModels
from workbench.registry.trace import Trace, trace


@pytest.fixture
def story(tmp_path: Path, ledger: MemoryLedger) -> Story:
    return Story(tmp_path / "shop", ledger)


def traced(story: Story, number: int = 1) -> Trace:
    return trace(story.state.versions[number], ledger=story.ledger, project=story.project)


def test_a_version_is_followed_back_to_what_made_it(story: Story) -> None:
    """Sources first: each stage once, with cells, parameters, data versions and git commit."""
    found = traced(story)
    assert [(step.stage, step.entry) for step in found.made] == [
        ("ingest", "ingest"),
        ("train", "prepare"),
        ("train", "train"),
    ]
    trained = found.trained
    assert trained is not None
    assert [(cell.number, cell.first_line) for cell in trained.cells] == [(2, "trees = 10"), (3, "fit(<b>)")]
    assert [(r.name, r.version, r.rows, r.fingerprint) for r in trained.reads] == [("features", 1, 10, "f1")]
    assert trained.parameters == {"trees": 10, "train_until": "2013-10-31"}
    assert trained.git == {"commit": "c0ffee" * 6, "dirty": True}
    assert trained.notebook == f".workbench/runs/{RUN}/train/1/notebook.ipynb"
    assert trained.modules == {"shop/fit.py": "m" * 64}
    assert (found.judged, found.promotions, found.promotion) == (None, (), None)


def test_the_stage_that_judged_and_the_people_who_decided_are_named(story: Story, tmp_path: Path) -> None:
    """The newest evidence's own execution, every wish and every move."""
    story.judge()
    story.promote("a")
    registry = Registry(story.project, story.ledger, Projection(story.ledger, MemoryModels(), tmp_path / "s"))
    registry.approve(MODEL, 1, reason="seen", actor="bob@lab")
    found = traced(story)
    assert found.judged is not None
    assert (found.judged.stage, found.judged.metrics["auc"]) == ("evaluate", 0.8)
    assert found.aliases == ("champion",)
    assert found.promotion is not None
    assert found.promotion.decision is not None
    assert found.promotion.decision.actor == "bob@lab"
    document = json.loads(json.dumps(found.to_dict()))
    assert (document["approved_by"], document["verdict"], document["run"]) == ("bob@lab", "pass", story.run)
    assert document["made"][0]["environment"] == {"python": "3.11"}
    assert [move["why"] for move in document["moves"]] == ["promotion"]


def test_content_that_was_made_twice_is_followed_to_the_commit_before_its_use(story: Story) -> None:
    """What was made again later is not what this version was trained on."""
    from tests.registry.story import dataset

    before = traced(story).made
    story.commit("ingest", ["other()"], saved={"raw": dataset("raw", "f0", 12)}, entry="again")
    assert traced(story).made == before


def test_what_nobody_committed_leaves_a_short_trace(story: Story) -> None:
    """A model from elsewhere has no history, and that is no error."""
    story.end("train", outputs={"candidate": candidate("z")})
    found = traced(story, 2)
    assert (found.made, found.trained, found.judged) == ((), None, None)
