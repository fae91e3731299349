"""An audit of a project that has run: a ledger that was cut or rewritten does not get past it."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import chdir, closing, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from tests.projects import notebook, write_project
from tests.registry.models import MODEL, Runs, make_project, mlflow_of
from workbench.audit import Audit, audit
from workbench.cli.main import main
from workbench.clock import SystemClock
from workbench.errors import TrackingError
from workbench.ledger import open_ledger
from workbench.ledger.row import Row, seal
from workbench.ledger.sql import INSERT
from workbench.tracking.anchors import read_anchors
from workbench.workspace import Workspace, open_workspace

STAGES = {
    name: {
        "notebook": notebook(
            f"import workbench as wb\nstage = wb.stage({name!r})\nstage.save({name + '_count'!r}, 1)"
        ),
        "inputs": inputs,
        "outputs": [f"{name}_count"],
    }
    for name, inputs in (("make", []), ("use", ["make_count"]))
}
_GUARDS = ("events_no_update", "events_no_delete", "events_at_the_end")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of two stages after a run, with notebooks, MLflow's runs and all."""
    root = write_project(tmp_path_factory.mktemp("audit") / "shop", STAGES)
    with open_workspace(root) as workspace:
        assert workspace.run().to_dict()["outcome"] == "succeeded"
    return root


@pytest.fixture
def project(finished: Path, tmp_path: Path) -> Path:
    """A copy of it, free to be tampered with."""
    return shutil.copytree(finished, tmp_path / "shop")


def audited(root: Path) -> Audit:
    with open_workspace(root) as workspace:
        return audit(workspace)


@pytest.fixture
def rows(project: Path) -> list[Row]:
    """The rows of its ledger."""
    with closing(sqlite3.connect(project / ".workbench" / "ledger.db")) as connection:
        return [Row(*row) for row in connection.execute("SELECT * FROM events ORDER BY position")]


def replace(root: Path, rows: list[Row]) -> None:
    """Put other rows in place of the ledger's, as somebody would who knows how."""
    with closing(sqlite3.connect(root / ".workbench" / "ledger.db")) as connection, connection:
        for guard in _GUARDS:
            connection.execute(f"DROP TRIGGER IF EXISTS {guard}")
        connection.execute("DELETE FROM events")
        connection.executemany(INSERT, [row._asdict() for row in rows])


def rewritten(rows: list[Row], first: int) -> list[Row]:
    """Return the rows with another actor from a position on, every hash recomputed."""
    kept = rows[: first - 1]
    for row in rows[first - 1 :]:
        previous = kept[-1].hash if kept else row.previous
        kept.append(seal(row._replace(actor="eve", previous=previous)))
    return kept


def notebooks(root: Path) -> list[Path]:
    return sorted((root / ".workbench" / "runs").glob("*/*/*/notebook.ipynb"))


def test_a_run_leaves_an_anchor_in_every_notebook_and_in_every_run_of_mlflow(project: Path) -> None:
    """Two notebooks; two attempts and the run itself, whose head is the end of the run."""
    found = audited(project)
    assert found.ok
    assert found.anchors == {"notebooks": 2, "mlflow": 3}
    with open_workspace(project) as workspace:
        layout = workspace.project.layout
        anchors, wrong = read_anchors(layout.tracking_url, layout.artifacts_uri, "shop")
        assert wrong == []
        assert found.head == workspace.ledger.head()
        assert found.head.position == max(anchor.position for anchor in anchors)


def test_every_cut_tail_shows_against_mlflow_and_those_that_notebooks_saw_against_a_notebook(
    project: Path, rows: list[Row]
) -> None:
    """Every length of it, to the last event; one sentence names what disagrees."""
    stamps = [json.loads(p.read_bytes())["metadata"]["workbench"]["ledger"] for p in notebooks(project)]
    last_stamp = max(stamp["position"] for stamp in stamps)
    database, aside = project / ".workbench" / "mlflow.db", project / "mlflow.db"
    for length in range(len(rows)):
        replace(project, rows[:length])
        (problem,) = audited(project).verification.problems
        assert problem.position == len(rows)
        assert re.search(r"though MLflow run \w{32} \((use|.*main.*)\) names it", problem.what)
        assert f"the tail after event {length} was cut" in problem.what
        database.rename(aside)
        told = [each.what for each in audited(project).verification.problems]
        assert len(told) == (length < last_stamp)
        assert all("though the notebook .workbench/runs/" in what for what in told)
        aside.rename(database)
    replace(project, rows)
    assert audited(project).ok


@pytest.mark.parametrize("first", [1, 2, 4])
@pytest.mark.parametrize("without", ["notebooks", "mlflow"])
def test_a_rewritten_ledger_shows_against_either(
    project: Path, rows: list[Row], first: int, without: str
) -> None:
    """The chain is whole, each hash right; only what was kept elsewhere knows better."""
    replace(project, rewritten(rows, first))
    if without == "notebooks":
        shutil.rmtree(project / ".workbench" / "runs")
    else:
        (project / ".workbench" / "mlflow.db").unlink()
    found = audited(project)
    (problem,) = found.verification.problems
    assert problem.position >= first
    assert ("MLflow run" if without == "notebooks" else "the notebook .workbench/runs/") in problem.what
    assert "the ledger was rewritten" in problem.what


def test_a_notebook_that_was_changed_is_told_from_a_changed_ledger(project: Path) -> None:
    """Later anchors agree."""
    path = notebooks(project)[0]
    document = json.loads(path.read_bytes())
    document["metadata"]["workbench"]["ledger"]["position"] += 1
    path.write_text(json.dumps(document))
    (problem,) = audited(project).verification.problems
    assert f"the notebook {path.relative_to(project)} names: that was changed" in problem.what


def test_an_anchor_that_cannot_be_read_is_not_passed_over(project: Path) -> None:
    """A check that was left out is no check."""
    first, second = notebooks(project)
    first.write_bytes(first.read_bytes()[:-20])
    document = json.loads(second.read_bytes())
    document["metadata"]["workbench"]["ledger"]["hash"] = "unknown"
    second.write_text(json.dumps(document))
    with closing(sqlite3.connect(project / ".workbench" / "mlflow.db")) as connection, connection:
        connection.execute(
            "UPDATE tags SET value = 'x' || value WHERE key = 'workbench.ledger_head' AND run_uuid IN "
            "(SELECT run_uuid FROM runs WHERE name = 'make')"
        )
    found = audited(project)
    assert (found.ok, found.verification.ok) == (False, True)
    assert f"the notebook {first.relative_to(project)} cannot be read" in found.unread[0]
    assert "which is no POSITION:HASH" in found.unread[1]
    assert "(make) keeps 'x" in found.unread[2]


def test_an_mlflow_that_cannot_be_read_is_not_passed_over(project: Path) -> None:
    """Neither its runs nor its models can be compared."""
    (project / ".workbench" / "mlflow.db").write_bytes(b"no database" * 100)
    found = audited(project)
    assert not found.ok
    assert "MLflow's runs: MLflow's store" in found.unread[0]


def test_without_anchors_nothing_is_asked_but_the_chain(project: Path, rows: list[Row]) -> None:
    """For who has moved them away on purpose; a head that was kept by hand still counts."""
    replace(project, rows[:4])
    with open_workspace(project) as workspace:
        kept = workspace.ledger.head()
        assert audit(workspace, kept, anchors=False).ok
        assert audit(workspace, kept, anchors=False).anchors == {}


def test_a_store_that_only_mlflow_itself_can_read_tells_the_same(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where its tables are not as expected, or behind a server."""
    with open_workspace(project) as workspace:
        layout = workspace.project.layout
        place = (layout.tracking_url, layout.artifacts_uri, "shop")
        quick, _ = read_anchors(*place)
        monkeypatch.setattr("workbench.tracking.anchors.read_tables", lambda *_: None)
        slow, _ = read_anchors(*place)
        assert sorted(map(str, slow)) == sorted(map(str, quick))
        assert len(slow) == 3
        assert read_anchors(layout.tracking_url, layout.artifacts_uri, "another") == ([], [])


@pytest.fixture(params=["sqlite", "postgres"])
def promoted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Workspace, Runs]]:
    """A project with a champion in one kind of database, ledger and MLflow both."""
    stores = ""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        stores = f'[stores]\nledger = "{url}"\ntracking = "{url}"\n'
    made = make_project(tmp_path / "shop", extra=stores)
    runs = Runs(made, open_ledger(made.layout.ledger_url, SystemClock()))
    runs.train("a")
    runs.train("b")
    runs.evaluate("a")
    runs.promote("a")
    with open_workspace(made.root) as workspace:
        workspace.registry.project()
        yield workspace, runs
    runs.ledger.close()


def test_an_alias_moved_by_hand_is_reported_and_not_adopted(promoted: tuple[Workspace, Runs]) -> None:
    """The ledger's champion stays; what MLflow shows is told, and makes the audit fail."""
    workspace, runs = promoted
    assert audit(workspace).ok
    mlflow_of(workspace.project).point(MODEL, "champion", 2)
    found = audit(workspace)
    assert not found.ok
    assert found.verification.ok
    (difference,) = found.differences
    assert str(difference) == "delay: alias champion is version 2 in MLflow, version 1 in the ledger"
    assert difference.by_hand
    assert runs.state.champion == 1


def test_an_mlflow_that_lags_is_told_and_nothing_is_wrong(promoted: tuple[Workspace, Runs]) -> None:
    """The next run brings it level."""
    workspace, runs = promoted
    runs.train("c")
    found = audit(workspace)
    assert found.ok
    assert [(each.what, each.by_hand) for each in found.differences] == [("version 3", False)]


def test_a_ledger_that_is_not_whole_is_compared_with_nothing(
    promoted: tuple[Workspace, Runs], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says of models cannot be believed."""

    def never() -> None:
        raise TrackingError("asked all the same")

    workspace, _ = promoted
    monkeypatch.setattr(workspace.registry, "differences", never)
    assert audit(workspace).unread == ("MLflow's registry: asked all the same",)
    wrong = workspace.ledger.head().__class__(1, "f" * 64)
    assert audit(workspace, wrong).unread == ()


def typed(line: str) -> tuple[int, str]:
    """Return a command's exit code, and what it prints."""
    out = io.StringIO()
    with redirect_stdout(out):
        code = main(line.split())
    return code, out.getvalue()


def test_the_command_says_in_one_line_each_what_is_wrong_and_where(project: Path, rows: list[Row]) -> None:
    """Exit code 1, the row named; without anchors a cut tail is not seen, an edit is."""
    with chdir(project):
        code, out = typed("audit verify")
        assert code == 0
        assert f"{len(rows)} events verified, against the heads in 2 notebooks and 3 MLflow runs" in out
        replace(project, [*rows[:2], rows[2]._replace(actor="eve"), *rows[3:-1]])
        code, out = typed("audit verify")
        assert code == 1
        assert f"✗ {len(rows) - 1} events, 2 problems" in out
        assert f"  event 3: ({rows[2].kind} of {rows[2].stream}) was changed or moved" in out
        assert f"  event {len(rows)}: is missing, though MLflow run" in out
        code, out = typed("audit verify --no-anchors --json")
        assert code == 1
        assert [each["position"] for each in json.loads(out)["problems"]] == [3]
        replace(project, rows[:-1])
        assert typed("audit verify --no-anchors")[0] == 0
        head = f"{rows[-1].position}:{rows[-1].hash}"
        code, out = typed(f"audit verify --no-anchors --head {head}")
        assert (code, "though --head names it" in out) == (1, True)


def test_an_export_of_a_changed_ledger_leaves_no_half_behind(project: Path, rows: list[Row]) -> None:
    """It names the event that it will not read."""
    replace(project, [*rows[:3], rows[3]._replace(data="{}"), *rows[4:]])
    err = io.StringIO()
    with chdir(project), redirect_stderr(err):
        assert main(["audit", "export", "-o", "events.jsonl"]) == 1
    assert "Event 4 of the ledger was changed after it was written" in err.getvalue()
    assert not (project / "events.jsonl").exists()
