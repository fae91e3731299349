from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tests.registry.models import GATES, candidate, make_project
from workbench.errors import UsageError
from workbench.pipeline.ended_early import StageRejected
from workbench.pipeline.space import Space
from workbench.pipeline.stage import Stage
from workbench.pipeline.ticket import Ticket
from workbench.registry import Verdict, check, propose

_RANDOM = np.random.default_rng(0)
_TIMES = pd.Series(pd.date_range("2013-07-01", periods=6000, freq="10min"))
_CHANCE = _RANDOM.uniform(0.05, 0.95, 6000)
_Y = (_RANDOM.random(6000) < _CHANCE).astype(int)
_ABSENT = {"kind": "absent", "name": "delay@champion", "fingerprint": "absent", "files": []}
_CHAMPION = {**candidate("old"), "version": 4, "model": "delay"}


def _stage(tmp_path: Path, inputs: dict[str, Any] | None = None, gates: str = GATES) -> Stage:
    root = tmp_path / "shop"
    make_project(root, gates=gates)
    given = {"candidate": candidate("new"), "delay@champion": _ABSENT} if inputs is None else inputs
    ticket = Ticket(
        root=str(root),
        run="r",
        pipeline="main",
        stage="evaluate",
        entry="evaluate",
        attempt=1,
        folder=str(tmp_path / "space"),
        at="2013-01-01T00:00:00+00:00",
        actor="ada",
        seed=0,
        data=str(tmp_path),
        inputs=given,
        outputs=("evaluation",),
    )
    return Stage(ticket)


def _with_champion(tmp_path: Path) -> Stage:
    return _stage(tmp_path, {"candidate": candidate("new"), "delay@champion": _CHAMPION})


def test_a_good_first_candidate_passes_and_leaves_its_evidence(tmp_path: Path) -> None:
    """The report passes, and what the gates found is requested to be kept with the version."""
    stage = _stage(tmp_path)
    report = check(stage, model="delay", y=_Y, score=_CHANCE, times=_TIMES)
    report.require()
    assert report.passed
    assert [result.name for result in report.results] == ["quality", "champion"]
    (request,) = Space(tmp_path / "space").requests()
    assert (request["kind"], request["model"], request["candidate"]) == ("evidence", "delay", "candidate")
    assert request["verdict"] == "pass"
    assert request["gates"] == report.to_dict()["gates"]


def test_a_worse_candidate_is_rejected_with_its_evidence(tmp_path: Path) -> None:
    """`require` ends the stage with the gate, its numbers and the whole report."""
    stage = _with_champion(tmp_path)
    worse = 0.5 + (_CHANCE - 0.5) * 0.5
    report = check(stage, model="delay", y=_Y, score=worse, champion_score=_CHANCE, times=_TIMES)
    assert report["quality"].verdict is Verdict.PASS
    assert report["champion"].verdict is Verdict.FAIL
    with pytest.raises(StageRejected, match=r"gate champion failed: log_loss .* against version 4"):
        report.require()
    end = Space(tmp_path / "space").end()
    assert end is not None
    assert end["evidence"] == report.to_dict()


def test_a_champion_that_was_not_scored_is_inconclusive(tmp_path: Path) -> None:
    """A forgotten comparison is not a won one."""
    report = check(_with_champion(tmp_path), model="delay", y=_Y, score=_CHANCE, times=_TIMES)
    assert report.verdict is Verdict.INCONCLUSIVE
    assert "version 4 is champion, but its scores were not given" in str(report)


@pytest.mark.parametrize(
    "column",
    [list, np.asarray, pd.Series, pl.Series, lambda v: pd.Series(v, index=range(5, 6005))],
    ids=["list", "numpy", "pandas", "polars", "pandas with an index"],
)
def test_columns_of_any_library_give_the_same_report(tmp_path: Path, column: Any) -> None:
    """Rows are matched by place, whatever holds them."""
    stage = _with_champion(tmp_path)
    other = np.clip(_CHANCE + 0.01, 0, 1)
    expected = check(stage, model="delay", y=_Y, score=other, champion_score=_CHANCE, times=_TIMES)
    found = check(
        stage,
        model="delay",
        y=column(_Y),
        score=column(other),
        champion_score=column(_CHANCE),
        times=column(_TIMES.to_numpy()),
    )
    assert found.to_dict() == expected.to_dict()


def test_times_with_a_zone_count_days_on_the_wall(tmp_path: Path) -> None:
    """A day of evidence is a local day."""
    stage = _with_champion(tmp_path)
    blocks = [
        check(stage, model="delay", y=_Y, score=_CHANCE, champion_score=_CHANCE, times=times)[
            "champion"
        ].evidence["blocks"]
        for times in (_TIMES, _TIMES.dt.tz_localize("America/New_York"), _TIMES.dt.date)
    ]
    assert blocks == [42, 42, 42]


def test_missing_values_are_inconclusive(tmp_path: Path) -> None:
    """A hole in any column, of any library's kind, is named and never a pass."""
    stage = _with_champion(tmp_path)
    holes: list[dict[str, Any]] = [
        {"y": pd.Series(_Y, dtype="Int64").mask(pd.Series(range(6000)) == 3)},
        {"score": pl.Series(_CHANCE).replace(_CHANCE[3], None)},
        {"champion_score": np.where(np.arange(6000) == 3, np.nan, _CHANCE)},
        {"times": _TIMES.mask(_TIMES.index == 3)},
    ]
    for hole in holes:
        columns = {"y": _Y, "score": _CHANCE, "champion_score": _CHANCE, "times": _TIMES, **hole}
        report = check(stage, model="delay", **columns)
        assert report.verdict is Verdict.INCONCLUSIVE, hole
        assert "in 1 of 6,000 rows" in str(report)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"score": _CHANCE[:-1]}, "y has 6,000, score has 5,999"),
        ({"times": None}, "needs times: rows of one day share their fate"),
        ({"times": _Y}, "needs dates or times for times, but got int64"),
        ({"times": ["soon"] * 6000}, "needs dates or times for times: "),
        (
            {"score": np.stack([1 - _CHANCE, _CHANCE], 1)},
            r"one number per row as score of a binary model.*\(6000, 2\)",
        ),
        ({"y": ["late"] * 6000}, "needs numbers for y, but got list"),
        (
            {"champion_score": _CHANCE},
            "got champion_score, but stage 'evaluate' reads no champion of 'delay'",
        ),
    ],
)
def test_columns_that_do_not_fit_are_one_clear_error(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    """The message names the column, what was got and what to give, and nothing is requested."""
    columns = {"y": _Y, "score": _CHANCE, "times": _TIMES, **changes}
    with pytest.raises(UsageError, match=words) as error:
        check(_stage(tmp_path), model="delay", **columns)
    assert error.value.hint
    assert Space(tmp_path / "space").requests() == []


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (
            {"candidate": candidate("new")},
            'does not read it.\nAdd "delay@champion" to stages.evaluate.inputs',
        ),
        ({"delay@champion": _ABSENT}, "Stage 'evaluate' reads no model"),
        ({"candidate": {"kind": "missing"}, "delay@champion": _ABSENT}, "Stage 'evaluate' reads no model"),
    ],
)
def test_a_stage_that_reads_too_little_is_told_what_to_add(
    tmp_path: Path, inputs: dict[str, Any], words: str
) -> None:
    """The line for workbench.toml is in the message."""
    with pytest.raises(UsageError, match=words):
        check(_stage(tmp_path, inputs), model="delay", y=_Y, score=_CHANCE, times=_TIMES)


def test_a_model_without_gates_does_not_pass(tmp_path: Path) -> None:
    """Nothing checked is nothing known."""
    report = check(_stage(tmp_path, gates=""), model="delay", y=_Y, score=_CHANCE)
    assert report.verdict is Verdict.INCONCLUSIVE
    with pytest.raises(StageRejected, match="no gate is declared"):
        report.require()


def test_a_proposal_names_the_candidate(tmp_path: Path) -> None:
    """What is proposed is the model that the stage reads."""
    propose(_stage(tmp_path), "delay", reason="better in July")
    assert Space(tmp_path / "space").requests() == [
        {"kind": "proposal", "model": "delay", "candidate": "candidate", "reason": "better in July"}
    ]


def test_a_report_shows_itself_as_text_and_as_an_escaped_table(tmp_path: Path) -> None:
    """Marks and words carry the verdict beside the colour, and no text becomes markup."""
    from workbench.registry import GateReport, GateResult

    result = GateResult("<b>", "quality", Verdict.FAIL, "auc <script>alert(1)</script> & more")
    report = GateReport("de<lay", (result,))
    assert str(report) == "de<lay: fail\n  ✗ <b>  auc <script>alert(1)</script> & more"
    html = report._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html
    assert "✗ fail" in html


_MORE = """
[models.delay.gates]
slices = { by = ["shop"], metric = "auc", at_least = 0.6 }
size = { at_most = "1kB" }
"""
_SHOPS = pd.DataFrame({"shop": ["north", "south", "west"] * 2000, "x": _CHANCE})


def test_a_frame_lets_rows_be_grouped_and_its_table_is_kept_with_the_run(tmp_path: Path) -> None:
    """The numbers that decide go into the evidence, the long table beside it."""
    record = {**candidate("new"), "files": [{"path": "model", "size": 999, "sha256": ""}]}
    stage = _stage(tmp_path, {"candidate": record, "delay@champion": _ABSENT}, _MORE)
    report = check(stage, model="delay", y=_Y, score=_CHANCE, times=_TIMES, frame=_SHOPS)
    assert report.passed, report
    assert report["size"].evidence == {"bytes": 999}
    table = pd.read_csv(stage.folder / "figures" / "gate_slices.csv")
    assert table["value"].tolist() == ["north", "south", "west"]
    (request,) = Space(tmp_path / "space").requests()
    assert "table" not in request["gates"][0]


@pytest.mark.parametrize(
    "shaped",
    [pl.from_pandas, lambda frame: frame.set_index(frame.index + 7), lambda f: pl.from_pandas(f).to_arrow()],
    ids=["polars", "pandas with an index", "arrow"],
)
def test_frames_of_any_library_give_the_same_report(tmp_path: Path, shaped: Any) -> None:
    """Rows are matched by place, whatever holds them."""
    stage = _stage(tmp_path, gates=_MORE)
    given: dict[str, Any] = {"model": "delay", "y": _Y, "score": _CHANCE, "times": _TIMES}
    expected = check(stage, **given, frame=_SHOPS)
    assert check(stage, **given, frame=shaped(_SHOPS)).to_dict() == expected.to_dict()


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (None, "Gate 'slices' (slices) needs a frame: a table of the same rows with shop"),
        (_SHOPS.rename(columns={"shop": "shops"}), "groups rows by 'shop', .*\nDid you mean 'shops'"),
        (_SHOPS.head(10), "score has 6,000, times has 6,000, frame has 10"),
        (pd.concat([_SHOPS, _SHOPS[["x"]]], axis=1), "has 1 columns twice, such as 'x'"),
    ],
)
def test_a_frame_that_does_not_fit_is_one_clear_error(tmp_path: Path, frame: Any, words: str) -> None:
    """Before any gate runs, and nothing is requested."""
    with pytest.raises(UsageError, match=words.replace("(slices)", r"\(slices\)")) as error:
        check(_stage(tmp_path, gates=_MORE), model="delay", y=_Y, score=_CHANCE, times=_TIMES, frame=frame)
    assert error.value.hint
    assert Space(tmp_path / "space").requests() == []


@pytest.mark.parametrize(
    "gate",
    [
        'fairness = { by = ["shop"], metric = "bias", max_difference = 0.1 }',
        "calibration = { max_ece = 0.1 }",
        'robustness = { metric = "auc", max_drop = 0.1 }',
    ],
)
def test_gates_with_bounds_need_times(tmp_path: Path, gate: str) -> None:
    """Unless rows are said to be independent."""
    stage = _stage(tmp_path, gates=f"[models.delay.gates]\n{gate}")
    with pytest.raises(UsageError, match="needs times: rows of one day share their fate"):
        check(stage, model="delay", y=_Y, score=_CHANCE, frame=_SHOPS)


def test_gates_score_and_time_the_candidate_through_predict(tmp_path: Path) -> None:
    """Where rows are changed on the way to the model, the notebook says how."""
    declared = """
    [models.delay.gates]
    robustness = { metric = "auc", max_drop = 0.2, unseen = 0 }
    latency = { p50 = "1m", batches = 1 }
    """
    stage, model = _stage(tmp_path, gates=declared), type("Model", (), {"feature_names_in_": ["x"]})()
    stage.load = lambda name, **_: model if name == "candidate" else None  # type: ignore[method-assign]
    report = check(
        stage,
        model="delay",
        y=_Y,
        score=_CHANCE,
        times=_TIMES,
        frame=_SHOPS,
        predict=lambda rows: rows["x"].fillna(0.5).clip(0, 1),
    )
    assert report.passed, report
