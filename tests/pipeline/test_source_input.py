"""A source is a stage's input like any other: read by its name, its content decides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.projects import notebook, write_project
from workbench.errors import ConfigurationError, SourceError
from workbench.pipeline.outcome import Outcome
from workbench.project import load_project
from workbench.workspace import Workspace, open_workspace

STAGE = "import workbench as wb\nstage = wb.stage('take')"
TAKE = "orders = stage.load('orders')\nstage.save('taken', orders)"
SOURCE = "[sources.orders]\nuri = 'orders.csv'\ncolumns = { id = 'int' }\nretries = 0\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose one stage takes what a source has."""
    stages = {
        "take": {
            "notebook": notebook(STAGE, TAKE),
            "inputs": ["orders"],
            "outputs": ["taken"],
            "timeout": "60s",
        }
    }
    return write_project(tmp_path / "shop", stages, extra=SOURCE)


def reasons(workspace: Workspace) -> list[str]:
    return [reason.text for reason in workspace.why("take").reasons]


def test_a_source_makes_a_stage_stale_by_content_alone(root: Path) -> None:
    """The ledger says exactly what was read: fingerprint, rows, files."""
    (root / "orders.csv").write_text("id\n1\n")
    with open_workspace(root) as workspace:
        assert workspace.run().outcome is Outcome.SUCCEEDED
        (root / "orders.csv").write_text('"id"\n"1"\n')
        assert workspace.run().outcome is Outcome.REUSED
        (root / "orders.csv").write_text("id\n1\n2\n")
        assert reasons(workspace) == ["input orders: 1 → 2 rows"]
        assert workspace.run().outcome is Outcome.SUCCEEDED
        started = workspace.ledger.find(kinds=("attempt.started",), newest_first=True, limit=1)[0]
        read = started.data["inputs"]["orders"]
        taken = workspace.catalog.current("taken")
    assert taken is not None
    assert (read["kind"], read["rows"], read["fingerprint"]) == ("source", 2, taken["fingerprint"])
    assert (root / read["uri"] / read["files"][0]["path"]).is_file()


def test_a_source_that_cannot_be_read_is_a_failure_of_the_stage_that_reads_it(root: Path) -> None:
    """Told in the notebook where it is loaded; planning is not disturbed."""
    with open_workspace(root) as workspace:
        assert workspace.plan().steps[0].action == "run"
        state = workspace.run()
        assert state.outcome is Outcome.FAILED
        assert "SourceError: Source 'orders' (orders.csv) is not there" in state.reason
        (root / "orders.csv").write_text("id,x\n1,2\n")
        state = workspace.run()
        assert "another schema than declared: it has the column 'x'" in state.reason
        assert workspace.catalog.current("taken") is None
        (root / "orders.csv").write_text("id\n1\n")
        assert workspace.run().outcome is Outcome.SUCCEEDED
        (root / "orders.csv").unlink()
        assert reasons(workspace) == ["input orders: it cannot be read"]


def test_a_person_reads_the_same_rows_when_they_load_them(root: Path) -> None:
    """Opening the stage asks nobody anything; loading reads, or says why not."""
    with open_workspace(root) as workspace:
        stage = workspace.stage("take")
        with pytest.raises(SourceError, match="is not there"):
            stage.load("orders")
        (root / "orders.csv").write_text("id\n1\n")
        assert stage.load("orders", as_="arrow").to_pylist() == [{"id": 1}]
        assert stage.inputs["orders"]["rows"] == 1


def test_a_secret_reaches_neither_the_ledger_nor_the_notebook(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy is what the kernel reads, so it needs no secret."""
    (root / "hush-hush").mkdir()
    (root / "hush-hush" / "orders.csv").write_text("id\n1\n")
    text = (root / "workbench.toml").read_text().replace("'orders.csv'", "'secret:PLACE/orders.csv'")
    (root / "workbench.toml").write_text(text)
    monkeypatch.setenv("WORKBENCH_SECRET_PLACE", "hush-hush")
    with open_workspace(root) as workspace:
        assert workspace.run().outcome is Outcome.SUCCEEDED
        (root / "hush-hush" / "orders.csv").unlink()
        assert workspace.run().outcome is Outcome.FAILED
        events = json.dumps([event.data for event in workspace.ledger.find()])
    written = [path.read_text() for path in (root / ".workbench" / "runs").rglob("*.ipynb")]
    assert "hush" not in events + "".join(written)
    assert "secret:PLACE/orders.csv" in events


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('inputs = ["orders"]', 'inputs = ["order"]'), "Did you mean 'orders'"),
        (('outputs = ["taken"]', 'outputs = ["orders"]'), "stage 'take' has an output of this name"),
    ],
)
def test_a_source_is_a_name_like_any_other(root: Path, change: tuple[str, str], words: str) -> None:
    """Misspelt or given twice, it is refused when the project is opened."""
    (root / "workbench.toml").write_text((root / "workbench.toml").read_text().replace(*change))
    with pytest.raises(ConfigurationError, match=words):
        load_project(root)
