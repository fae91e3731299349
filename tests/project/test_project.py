"""What a project answers: names, order, producers, places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.clock import SystemClock
from workbench.errors import ConfigurationError, StorageError, UnknownNameError, UsageError
from workbench.insight.following import Following
from workbench.ledger import open_ledger
from workbench.project import Project, ProjectConfig
from workbench.serving.late_ledger import LateLedger

ROOT = Path("/projects/flights")


def _project(stages: Mapping[str, tuple[Sequence[str], Sequence[str]]], **tables: object) -> Project:
    declared = {
        name: {"notebook": f"{name}.ipynb", "inputs": list(inputs), "outputs": list(outputs)}
        for name, (inputs, outputs) in stages.items()
    }
    pipelines = {"all": {"stages": list(stages)}} if stages else {}
    document = {"project": {"name": "p"}, "stages": declared, "pipelines": pipelines, **tables}
    return Project(ROOT, ProjectConfig.model_validate(document))


DIAMOND = {
    "report": (["scores", "profile"], ["page"]),
    "score": (["features"], ["scores"]),
    "profile": (["features"], ["profile"]),
    "prepare": ([], ["features"]),
}


def test_stages_run_after_what_they_read_and_otherwise_as_listed() -> None:
    """Of two that could run, the one listed first goes first."""
    assert _project(DIAMOND).order() == ("prepare", "score", "profile", "report")


@given(st.permutations(range(6)), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5))))
def test_every_stage_follows_all_that_it_reads_from(listed: list[int], pairs: list[tuple[int, int]]) -> None:
    """Whatever the order of declaration."""
    reads = {n: sorted({f"o{min(p)}" for p in pairs if max(p) == n and p[0] != p[1]}) for n in range(6)}
    project = _project({f"s{n}": (reads[n], [f"o{n}"]) for n in listed})
    order = project.order("all")
    assert sorted(order) == [f"s{n}" for n in range(6)]
    for position, stage in enumerate(order):
        assert set(project.upstream(stage, order)) <= set(order[:position])


def test_upstream_are_the_direct_predecessors_within() -> None:
    """A stage left out of the run is not waited for."""
    project = _project(DIAMOND)
    assert project.upstream("report", DIAMOND) == ("score", "profile")
    assert project.upstream("report", ["score", "report"]) == ("score",)
    assert project.upstream("prepare", DIAMOND) == ()


def test_a_producer_is_the_one_writer_of_an_output() -> None:
    """What nobody writes has none."""
    project = _project(DIAMOND)
    assert project.producer("scores") == "score"
    assert project.producer("flight-delay@champion") is None


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    """For stages, pipelines and models alike."""
    project = _project(DIAMOND)
    with pytest.raises(UnknownNameError, match="no stage named 'scoer'") as caught:
        project.stage("scoer")
    assert caught.value.hint == "Did you mean 'score'?"
    with pytest.raises(UnknownNameError, match="no pipeline named 'al'"):
        project.pipeline("al")
    with pytest.raises(UnknownNameError, match="no model named 'm'"):
        project.model("m")
    with pytest.raises(UnknownNameError, match="no stage named 'x'"):
        project.upstream("x", DIAMOND)


ONE: dict[str, object] = {"stages": ["score"]}


@pytest.mark.parametrize(
    ("pipelines", "meant"),
    [({"a": ONE}, "a"), ({"a": ONE, "b": {**ONE, "default": True}}, "b")],
)
def test_without_a_name_the_default_or_only_pipeline_is_meant(
    pipelines: dict[str, object], meant: str
) -> None:
    """A bare `workbench run` needs no name then."""
    assert _project(DIAMOND, pipelines=pipelines).pipeline().name == meant


def test_without_a_name_several_pipelines_are_a_question() -> None:
    """It lists them, and says how to settle it."""
    with pytest.raises(UsageError, match="Which pipeline is meant") as caught:
        _project(DIAMOND, pipelines={"a": ONE, "b": ONE}).pipeline()
    assert "default = true" in caught.value.hint


def test_a_project_without_pipelines_says_so() -> None:
    """And how one is declared."""
    with pytest.raises(ConfigurationError, match="declares no pipeline"):
        _project(DIAMOND, pipelines={}).pipeline()


def test_state_is_kept_under_the_root_by_default() -> None:
    """Everything that is local is absolute, so the current folder does not matter."""
    layout = _project({}).layout
    state = ROOT / ".workbench"
    assert (layout.state, layout.runs, layout.scratch) == (state, state / "runs", state / "scratch")
    assert layout.data == state / "data"
    assert layout.ledger_url == f"sqlite:///{state}/ledger.db"
    assert layout.tracking_url == f"sqlite:///{state}/mlflow.db"
    assert layout.artifacts_uri == f"file://{state}/mlartifacts"
    assert layout.attempt("20130101-000000-abcd", "train", 2) == state / "runs/20130101-000000-abcd/train/2"


def test_a_folder_may_be_named_as_a_url_reads_otherwise(tmp_path: Path) -> None:
    """The ledger lies in it all the same, wherever its URL is read."""
    root = tmp_path / "50%20off? ü"
    url = Project(root, _project({}).config).layout.ledger_url
    late = LateLedger(url, SystemClock())
    open_ledger(url, SystemClock()).close()
    assert [path.name for path in (root / ".workbench").iterdir()] == ["ledger.db"]
    assert late.open().find() == []
    late.close()
    following = Following(url, SystemClock())
    assert following.ledger().find() == []
    (root / ".workbench" / "ledger.db").unlink()
    with pytest.raises(StorageError, match="is gone"):
        following.ledger()


@pytest.mark.parametrize(
    ("store", "configured", "resolved"),
    [
        ("ledger", "postgresql+psycopg://u@h/db", "postgresql+psycopg://u@h/db"),
        ("ledger", "sqlite:////var/ledger.db", "sqlite:////var/ledger.db"),
        ("ledger", "sqlite:///state/ledger.db", f"sqlite:///{ROOT}/state/ledger.db"),
        ("ledger", "sqlite:///:memory:", "sqlite:///:memory:"),
        ("tracking", "http://tracking:5000", "http://tracking:5000"),
        ("data", "s3://bucket/data", "s3://bucket/data"),
        ("data", "/var/data", Path("/var/data")),
        ("artifacts", "s3://bucket/files", "s3://bucket/files"),
        ("artifacts", "my files", f"file://{ROOT}/my%20files"),
    ],
)
def test_stores_are_where_they_are_configured(store: str, configured: str, resolved: object) -> None:
    """A relative place is relative to the project; a URL elsewhere is left alone."""
    layout = _project({}, stores={store: configured}).layout
    places = {
        "ledger": layout.ledger_url,
        "tracking": layout.tracking_url,
        "data": layout.data,
        "artifacts": layout.artifacts_uri,
    }
    assert places[store] == resolved
