"""`workbench judge` in words and in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.said import type_in
from tests.monitoring.judgement.challenges import Challenge


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Challenge]:
    """A challenger that has done well for three weeks, and nobody has looked."""
    monkeypatch.setattr("workbench.registry.projection.Projection.project", lambda *_, **__: None)
    made = Challenge(tmp_path)
    for _ in range(21):
        made.day(worse=-0.02)
    yield made
    made.close()


def test_it_says_what_was_found_and_done(story: Challenge) -> None:
    """First only what would be; then it is done, and the next evaluation goes on from there."""
    root = story.workspace.project.root
    said = type_in(root, "judge delay --dry-run")
    assert (said.code, said.err) == (0, "")
    assert "delay: version 2 beside version 1, the champion: promote" in said.out
    assert "Would be done: it gets 10 % of the traffic." in said.out
    assert "✓ pass" in said.out
    assert story.state.share == 0
    document = type_in(root, "judge delay --json").document
    assert (document["acted"], document["judgement"]["action"]) == (True, "raised")
    assert document["judgement"]["upper"] < document["judgement"]["margin"]
    assert story.state.share == 0.1


def test_a_person_ends_a_challenge_and_is_recorded(story: Challenge) -> None:
    root = story.workspace.project.root
    said = type_in(root, "judge delay --withdraw --reason odd")
    assert said.out.strip() == "delay: version 2 is challenger no more; the champion answers everything."
    last = story.state.moves[-1]
    assert (last.alias, last.after, last.reason, last.why) == ("challenger", None, "odd", "rollback")
    assert last.actor != "workbench judge"
    assert type_in(root, "judge delay").out.strip() == "delay: nobody challenges the champion."
    assert type_in(root, "judge delay --json").document["judgement"] is None
    assert type_in(root, "judge delay --withdraw").code == 3


@pytest.mark.parametrize("words", ["--withdraw --dry-run", "--reason why"])
def test_words_that_contradict_each_other_are_refused(story: Challenge, words: str) -> None:
    assert type_in(story.workspace.project.root, f"judge delay {words}").code == 2
