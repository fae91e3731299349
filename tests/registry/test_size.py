from __future__ import annotations

from dataclasses import replace

import pytest

from tests.registry.rows import judge, scored
from workbench.registry.candidate import Candidate
from workbench.registry.verdict import Verdict


@pytest.mark.parametrize(
    ("size", "verdict"), [(2_000_000, Verdict.PASS), (2_000_001, Verdict.FAIL), (0, Verdict.INCONCLUSIVE)]
)
def test_the_files_of_the_record_are_weighed(size: int, verdict: Verdict) -> None:
    """The limit itself is small enough; a record without files says nothing."""
    assert judge("size", scored(size=size), at_most="2MB").verdict is verdict


def test_a_reference_is_not_weighed() -> None:
    """It is kept beside the model, and nothing of it is loaded to answer."""
    files = [{"path": "model.lgb", "size": 10}, {"path": "reference/inputs.parquet", "size": 10_000_000}]
    candidate = Candidate(lambda: None, task="binary", files=files)
    assert judge("size", replace(scored(), candidate=candidate), at_most="1kB").verdict is Verdict.PASS


def test_no_candidate_is_inconclusive() -> None:
    """Nothing weighed is nothing known."""
    assert judge("size", replace(scored(), candidate=None), at_most="2GB").verdict is Verdict.INCONCLUSIVE


def test_the_summary_says_size_and_limit() -> None:
    """In megabytes."""
    result = judge("size", scored(size=571_910), at_most="5MB")
    assert result.summary == "0.57 MB, must be at most 5MB"
    assert result.evidence == {"bytes": 571_910}
