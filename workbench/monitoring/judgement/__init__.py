"""Challengers, judged by what came true: no worse, worse, or not known yet; and what is done about it."""

from workbench.monitoring.judgement.judge import compared_since, judge
from workbench.monitoring.judgement.judgement import JUDGED, Judgement, stream_of
from workbench.monitoring.judgement.withdraw import withdraw

__all__ = ["JUDGED", "Judgement", "compared_since", "judge", "stream_of", "withdraw"]
