"""A challenger goes up, is withdrawn, or waits, by what came true."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.monitoring.judgement.challenges import Challenge, show_nobody
from tests.registry.models import MODEL
from workbench.errors import ConfigurationError, UnknownNameError
from workbench.monitoring.judgement import Judgement, judge
from workbench.registry.verdict import Verdict
from workbench.workspace import Workspace

Make = Callable[..., Challenge]


def test_a_challenger_that_is_no_worse_goes_through_the_arms_and_becomes_champion(challenge: Make) -> None:
    """Shadow first, then each arm for its time, then champion; every step says why and who."""
    story = challenge()
    assert (story.state.champion, story.state.challenger, story.state.share) == (1, 2, 0.0)
    said = story.days(20, worse=-0.02)
    assert story.actions() == ["raised", "raised", "raised", "promoted"]
    assert [each.share for each in said if each.action == "raised"] == [0.1, 0.5, 1.0]
    assert (story.state.champion, story.state.challenger, story.state.share) == (2, None, 0.0)
    assert {(move.actor, move.why) for move in story.state.moves[-2:]} == {("workbench judge", "promotion")}
    last = said[-1]
    assert (last.verdict, last.version, last.against) == ("promote", 2, 1)
    assert last.upper is not None
    assert last.upper < last.margin
    assert judge(story.workspace, MODEL) is None
    assert Judgement.from_dict(last.to_dict()) == last


def test_a_challenger_that_is_worse_is_rolled_back_before_any_caller_meets_it(challenge: Make) -> None:
    story = challenge()
    said = story.days(20, worse=0.08)
    assert story.actions() == ["rolled_back"]
    assert {each.share for each in said} == {0.0}
    assert said[-1].lower is not None
    assert said[-1].lower > said[-1].margin
    assert (story.state.champion, story.state.challenger) == (1, None)
    assert story.state.was_rolled_back(2, "challenger") is not None


def test_nothing_is_concluded_while_truths_are_missing_or_few(challenge: Make) -> None:
    """No label, too few blocks: inconclusive with its reason, and the champion stays."""
    story = challenge()
    before = story.judge()
    assert (before.verdict, before.blocks, before.mean, before.action) == ("inconclusive", 0, None, "none")
    assert before.reason == "no block with known truth yet"
    unlabelled = story.days(3, worse=-0.05, labelled=False)
    assert {(each.verdict, each.blocks) for each in unlabelled} == {("inconclusive", 0)}
    few = story.days(4, worse=-0.05)
    assert few[-1].verdict == "inconclusive"
    assert few[-1].reason.endswith("3 blocks are too few to conclude; at least 5 are needed")
    assert story.state.deployment.share == 0


def test_what_shows_nothing_in_time_is_withdrawn_and_a_run_may_ask_again(challenge: Make) -> None:
    """Enough blocks without a verdict, or twice the time in which they could have come."""
    story = challenge(max_blocks=6)
    story.days(14, labelled=False)
    assert story.actions() == ["expired"]
    assert story.state.challenger is None
    assert story.state.moves[-1].why == "expired"
    story.runs.promote("b")
    assert story.state.challenger == 2


@pytest.mark.parametrize(
    ("how", "guardrail"),
    [
        ({"silent": 30}, "error_rate"),
        ({"slow": 0.2}, "latency"),
        ({"worse": 0.9}, "disagreement"),
    ],
)
def test_a_broken_guardrail_withdraws_within_one_evaluation(
    challenge: Make, how: dict[str, float], guardrail: str
) -> None:
    """Two good days, then one on which it fails, hangs, or says quite other things."""
    story = challenge(guardrails="disagreement = 0.2")
    assert [each.action for each in story.days(2)] == ["none", "none"]
    (said,) = story.days(1, **how)
    assert (said.action, said.share) == ("withdrawn", 0.0)
    broken = [check.name for check in said.guardrails if check.verdict is Verdict.FAIL]
    assert broken == [guardrail]
    assert f"guardrail {guardrail}: " in said.reason
    assert story.state.challenger is None
    assert story.state.moves[-1].why == "rollback"


def test_a_challenger_that_never_answers_is_withdrawn(challenge: Make) -> None:
    """A server has the time of an arm to follow; after that, what is not scored counts as failed."""
    story = challenge()
    said = story.days(3, silent=60)
    assert [each.action for each in said] == ["none", "withdrawn"]
    assert said[0].guardrails[0].note == "the challenger scored nothing yet"
    assert story.state.challenger is None


def test_a_share_of_the_traffic_that_is_not_the_declared_one_withdraws(challenge: Make) -> None:
    """The sample ratio is looked at while both answer, and not otherwise."""
    story = challenge()
    assert "sample_ratio" not in {check.name for check in story.judge().guardrails}
    story.workspace.registry.set_traffic(MODEL, 0.5)
    (fair,) = story.days(1, rows=400)
    ratio = next(check for check in fair.guardrails if check.name == "sample_ratio")
    assert ratio.verdict is Verdict.PASS
    (said,) = story.days(1, rows=400, share=0.2)
    assert said.action == "withdrawn"
    assert "guardrail sample_ratio: answered " in said.reason


def test_with_an_approval_in_the_policy_a_person_has_the_last_word(challenge: Make) -> None:
    """It is asked for once, waits, and goes when somebody approves it."""
    story = challenge(policy="one-approval")
    said = story.days(17, worse=-0.02)
    assert story.actions() == ["raised", "raised", "raised", "asked"]
    assert (story.state.champion, story.state.challenger, story.state.share) == (1, 2, 1.0)
    assert said[-1].reason.startswith("waits for an approval: workbench approve delay 2")
    waiting = story.workspace.registry.waiting(MODEL)
    story.workspace.registry.approve(MODEL, waiting.number, actor="eve@lab")
    assert (story.state.champion, story.state.challenger) == (2, None)


def test_what_was_asked_for_is_rejected_when_the_challenger_is_withdrawn(challenge: Make) -> None:
    story = challenge(policy="one-approval")
    story.days(16, worse=-0.02)
    assert story.state.pending
    story.days(1, silent=45)
    assert not story.state.pending
    assert story.state.challenger is None


def test_without_automatic_only_a_broken_guardrail_acts_by_itself(challenge: Make) -> None:
    story = challenge(keys="automatic = false")
    said = story.days(14, worse=-0.02)
    assert story.actions() == ["asked"]
    assert {each.share for each in said} == {0.0}
    assert story.state.pending[0].policy == "one-approval"
    story.days(1, silent=45)
    assert story.state.challenger is None


def test_a_person_overrides_at_any_time(challenge: Make) -> None:
    """Traffic that somebody lowered stays low; a champion made by hand ends the challenge."""
    story = challenge()
    story.workspace.registry.set_traffic(MODEL, 0.5, actor="ada@lab")
    story.workspace.registry.set_traffic(MODEL, 0.01, actor="ada@lab")
    said = story.days(14, worse=-0.02)
    assert {each.share for each in said} == {0.01}
    assert said[-1].reason.startswith("ada@lab lowered its traffic to 1 %, which is left so")
    challenger = story.state.challenger
    assert challenger is not None
    story.workspace.registry.promote(MODEL, challenger, actor="ada@lab")
    assert story.state.champion == challenger
    assert judge(story.workspace, MODEL) is None


def test_a_new_champion_starts_the_comparison_anew(challenge: Make) -> None:
    """Blocks against another champion prove nothing."""
    story = challenge()
    assert story.days(5, worse=-0.02)[-1].blocks == 4
    story.runs.train("c")
    story.runs.evaluate("c")
    story.workspace.registry.promote(MODEL, 3, actor="ada@lab")
    said = story.days(3, worse=-0.02)[-1]
    assert (said.against, said.blocks) == (3, 2)


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(challenge: Make) -> None:
    story = challenge()
    for _ in range(15):
        story.day(worse=-0.02)
    before = story.workspace.ledger.head()
    said = story.judge(act=False)
    assert (said.action, said.share) == ("raised", 0.1)
    assert story.workspace.ledger.head() == before


def test_judgement_and_deed_are_one_write_by_the_judge(challenge: Make) -> None:
    story = challenge()
    story.days(1)
    story.days(1, silent=30)
    *_, moved, told = story.workspace.ledger.find(after=0)
    assert (moved.kind, told.kind) == ("alias.moved", "challenger.judged")
    assert moved.position + 1 == told.position
    assert {moved.actor, told.actor} == {"workbench judge"}
    assert told.stream == f"judgement/{MODEL}"


def test_what_cannot_be_judged_is_told_before_anything_is_looked_at(challenge: Make) -> None:
    story = challenge(keys='metric = "brier"')
    assert story.judge().metric == "brier"
    with pytest.raises(UnknownNameError):
        judge(story.workspace, "nothing")


@pytest.mark.parametrize(("metric", "said"), [("auc", "log_loss, brier, accuracy"), ("mae", "log_loss")])
def test_a_metric_without_a_loss_per_row_is_refused(challenge: Make, metric: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=f"challenge.metric: '{metric}'") as refused:
        challenge(keys=f'metric = "{metric}"')
    assert said in refused.value.hint


def test_of_several_judges_at_once_one_acts(challenge: Make) -> None:
    """Whoever comes second sees what the first has done, and does nothing more."""
    story = challenge()
    story.day()
    story.day(silent=45)
    others = [Workspace(story.workspace.project, story.clock) for _ in range(4)]
    for other in others:
        show_nobody(other)
    with ThreadPoolExecutor(4) as threads:
        said = list(threads.map(lambda other: judge(other, MODEL), others))
    assert [each.action for each in said if each is not None] == ["withdrawn"]
    assert story.actions() == ["withdrawn"]
    for other in others:
        other.ledger.close()
