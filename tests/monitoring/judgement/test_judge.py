"""A challenger goes up, is withdrawn, or waits, by what came true."""

from __future__ import annotations

from collections.abc import Callable

from tests.monitoring.judgement.challenges import Challenge

Make = Callable[..., Challenge]


def test_a_candidate_that_is_no_worse_goes_through_the_arms_and_becomes_champion(challenge: Make) -> None:
    story = challenge()
    assert (story.state.champion, story.state.challenger, story.state.share) == (1, 2, 0.0)
    said = story.days(20, worse=-0.02)
    assert story.actions() == ["raised", "raised", "raised", "promoted"]
    shares = [each.share for each in said if each.action == "raised"]
    assert shares == [0.1, 0.5, 1.0]
    assert (story.state.champion, story.state.challenger) == (2, None)
    assert story.state.moves[-1].actor == "workbench judge"
    assert said[-1].verdict == "promote"
    assert said[-1].upper is not None
    assert said[-1].upper < said[-1].margin
