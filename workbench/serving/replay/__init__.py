"""Replay: what a version would have answered to the requests that were logged, before any caller meets it."""

from workbench.serving.replay.replay import replay
from workbench.serving.replay.report import Disagreement, Replay, Slice

__all__ = ["Disagreement", "Replay", "Slice", "replay"]
