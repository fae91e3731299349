from __future__ import annotations

import numpy as np
import pytest

from workbench.registry.gate import Scored, judged
from workbench.registry.gates.quality import Quality
from workbench.registry.verdict import Verdict

_Y = np.array([0.0, 0.0, 1.0, 1.0])
_GOOD = np.array([0.1, 0.4, 0.35, 0.8])  # auc 0.75


@pytest.mark.parametrize(
    ("bar", "verdict"),
    [
        ({"at_least": 0.75}, Verdict.PASS),
        ({"at_least": 0.76}, Verdict.FAIL),
        ({"at_most": 0.75}, Verdict.PASS),
        ({"at_least": 0.5, "at_most": 0.7}, Verdict.FAIL),
    ],
)
def test_the_bar_itself_is_good_enough(bar: dict[str, float], verdict: Verdict) -> None:
    """`at_least` and `at_most` include their bar."""
    assert Quality(metric="auc", **bar).judge(Scored("binary", _Y, _GOOD)).verdict is verdict


@pytest.mark.parametrize(
    ("y", "score"),
    [
        (_Y, np.array([0.1, 0.4, np.nan, 0.8])),
        (np.array([0.0, np.nan, 1.0, 1.0]), _GOOD),
        (np.ones(4), _GOOD),
        (np.array([]), np.array([])),
    ],
)
def test_missing_evidence_is_inconclusive(y: np.ndarray, score: np.ndarray) -> None:
    """NaN, one class or no rows never pass, not even a bar that everything passes."""
    gate = Quality(metric="auc", at_least=0.0)
    result = judged("quality", "quality", gate, gate.settings(), Scored("binary", y, score))
    assert result.verdict is Verdict.INCONCLUSIVE


def test_the_summary_says_value_and_bar() -> None:
    """One line tells what was found and what was asked for."""
    finding = Quality(metric="auc", at_least=0.76).judge(Scored("binary", _Y, _GOOD))
    assert finding.summary == "auc 0.7500, must be at least 0.76"
    assert finding.evidence == {"metric": "auc", "value": 0.75, "rows": 4}
