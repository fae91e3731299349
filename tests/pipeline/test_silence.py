"""Silence counts only as far as somebody listened."""

from __future__ import annotations

from workbench.pipeline.silence import Silence


def test_a_kernel_or_worker_that_is_frozen_is_noticed_in_time() -> None:
    """Looks that come regularly count whole."""
    silence = Silence(0.5, 0.0)
    assert [silence.look(tick / 8) for tick in range(1, 17)] == [tick / 8 for tick in range(1, 17)]
    silence.end()
    assert silence.look(2.125) == 0.125


def test_whoever_was_away_himself_has_heard_nothing() -> None:
    """Ctrl-Z and fg a minute later, or no turn on a busy machine: what was said meanwhile is read first."""
    silence = Silence(0.5, 0.0)
    assert silence.look(60.0) == 0.5
    assert silence.look(60.125) == 0.625
