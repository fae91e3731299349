"""`[models.NAME.challenge]`: what is accepted, and what is said of the rest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from workbench.project.monitoring import ChallengeConfig


def test_everything_has_a_sensible_default() -> None:
    config = ChallengeConfig()
    assert (config.block, config.level, config.min_blocks, config.max_blocks) == ("1d", 0.05, 10, 60)
    assert config.arms == (0.05, 0.25, 0.5, 1.0)
    assert config.arm_time == timedelta(days=1)
    assert config.guardrails.error_rate == 0.01
    assert config.guardrails.disagreement is None
    assert config.automatic


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"arms": [0.5, 0.25, 1.0]}, "arms that grow and end with 1.0"),
        ({"arms": [0.05, 0.5]}, "arms that grow and end with 1.0"),
        ({"arms": [0.5, 0.5, 1.0]}, "arms that grow and end with 1.0"),
        ({"arms": []}, "at least 1 item"),
        ({"arms": [0.0, 1.0]}, "greater than 0"),
        ({"min_blocks": 20, "max_blocks": 10}, "max_blocks of at least min_blocks, which is 20"),
        ({"block": "row"}, "row"),
        ({"block": "0s"}, "lasts longer than nothing"),
        ({"timezone": "America/New_Yrok"}, "New_York"),
        ({"level": 0.6}, "less than 0.5"),
        ({"margin": -0.1}, "greater than or equal to 0"),
        ({"arm_time": "0s"}, "greater than datetime"),
        ({"guardrails": {"latency_ratio": 1.0}}, "greater than 1"),
        ({"guardrails": {"speed": 1.0}}, "Extra inputs"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ChallengeConfig.model_validate(given)
