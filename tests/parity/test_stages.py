"""Stages under check: on what is committed, or on what those before have just made; nothing stays behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.projects import notebook, write_project
from workbench.cli.main import main
from workbench.clock import SystemClock
from workbench.errors import UnknownNameError
from workbench.ledger import open_ledger
from workbench.parity import Checked, Kind, check
from workbench.parity.smoke import sampled
from workbench.project import load_project

MAKE = notebook(
    "import pandas as pd\nimport workbench as wb\nstage = wb.stage('make')",
    "table = pd.DataFrame({'number': range(rows)})\nstage.save('table', table)",
    parameters="rows: int = 500",
)
USE = notebook(
    "import workbench as wb\nstage = wb.stage('use')",
    "table = stage.load('table')\nstage.log_metrics({'rows': len(table), 'last': table['number'].iloc[-1]})",
    "stage.save('sum', {'sum': int(table['number'].sum()), 'at': stage.now().isoformat(), 'twice': twice})",
    parameters="twice: bool = True",
)


def shop(folder: Path, **use: object) -> Path:
    """Write a project of two stages."""
    stages: dict[str, dict[str, object]] = {
        "make": {"notebook": MAKE, "outputs": ["table"]},
        "use": {"notebook": USE, "inputs": ["table"], "outputs": ["sum"], **use},
    }
    return write_project(folder / "shop", stages)


class Heard:
    """Keeps what a check tells of its progress."""

    def __init__(self) -> None:
        self.runs: list[tuple[str, int]] = []
        self.cells: set[tuple[str, int]] = set()

    def began(self, name: str, run: int, why: str) -> None:
        self.runs.append((name, run))

    def cell(self, name: str, run: int, number: int, cells: int, first_line: str) -> None:
        self.cells.add((name, number))

    def ended(self, checked: Checked) -> None:
        self.runs.append((checked.name, 0))


def test_what_is_not_committed_is_made_first_and_nothing_is_committed(tmp_path: Path) -> None:
    """One stage is named; the one before runs once, for what it makes, in a throw-away space."""
    root = shop(tmp_path)
    heard = Heard()
    report = check(["use"], folder=root, progress=heard)
    assert report.passed
    assert [each.name for each in report.checked] == ["use"]
    assert sorted(heard.runs) == [("make", 1), ("use", 0), ("use", 1), ("use", 2)]
    assert {("use", number) for number in (2, 3, 4, 5)} <= heard.cells
    ledger = open_ledger(load_project(root).layout.ledger_url, SystemClock())
    assert ledger.find() == []
    ledger.close()
    assert sorted(path.name for path in (root / ".workbench").iterdir()) == ["ledger.db", "mlflow.db"]


def test_a_smoke_check_reads_samples_and_reduced_parameters(tmp_path: Path) -> None:
    """The whole pipeline, each stage on what the one before made of less."""
    root = shop(tmp_path, smoke={"rows": 50, "parameters": {"twice": False}})
    text = root.joinpath("notebooks/use.ipynb").read_text()
    seen = text.replace("'twice': twice", "'twice': [len(table), twice][9]")
    root.joinpath("notebooks/use.ipynb").write_text(seen)
    report = check([], smoke=True, folder=root)
    make, use = report.checked
    assert make.passed
    assert [(fault.kind, fault.cell) for fault in use.faults] == [(Kind.ERROR, 5)]
    assert "IndexError" in use.faults[0].text
    assert report.smoke


def test_a_sample_keeps_the_order_and_the_ends(tmp_path: Path) -> None:
    """Rows are spread evenly; a table that is small enough, and what is named as whole, stays."""
    import pandas as pd

    from workbench.data import Datasets, stage_table

    root = shop(tmp_path, smoke={"rows": 11, "whole": ["other"]})
    project = load_project(root)
    records = {}
    for name, rows in (("table", 101), ("other", 101), ("small", 11)):
        folder = tmp_path / name
        record = stage_table(pd.DataFrame({"number": range(rows)}), folder, name)
        records[name] = {**record, "uri": str(folder)}
    found = sampled(project, "use", records, tmp_path / "samples")
    table = Datasets(tmp_path).read(found["table"])
    assert table["number"].tolist() == list(range(0, 101, 10))
    assert found["other"] == records["other"]
    assert found["small"] == records["small"]


def test_what_comes_after_a_stage_that_failed_is_skipped(tmp_path: Path) -> None:
    """It is said why; it was not checked, and so has not passed."""
    root = shop(tmp_path)
    path = root / "notebooks" / "make.ipynb"
    path.write_text(path.read_text().replace("range(rows)", "range(undefined)"))
    make, use = check([], folder=root).checked
    assert [(fault.kind, fault.cell) for fault in make.faults] == [(Kind.STATE, 4)]
    assert make.reason == "cell 4 raised NameError: name 'undefined' is not defined"
    assert use.outcome == "skipped"
    assert use.reason.startswith("stage make did not make what it reads: cell 4 raised NameError")
    assert not use.passed


def test_what_comes_after_a_gate_s_no_has_not_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The no is no fault; but nobody has looked at the rest."""
    root = shop(tmp_path)
    path = root / "notebooks" / "make.ipynb"
    path.write_text(path.read_text().replace("stage.save(", "stage.reject('too few')\\nstage.save("))
    monkeypatch.chdir(root)
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert "rejected, which is no fault: too few" in said
    assert "Not checked: use." in said
    assert main(["check", "--json"]) == 1
    assert [each["passed"] for each in json.loads(capsys.readouterr().out)["checked"]] == [True, False]


def test_what_a_restarted_run_left_in_a_notebook_changes_nothing(tmp_path: Path) -> None:
    """All cells are checked, and what that run put in is none of them."""
    root = shop(tmp_path)
    path = root / "notebooks" / "make.ipynb"
    content = json.loads(path.read_text())
    content["cells"][3]["metadata"] = {"workbench": {"skipped": "made"}}
    restart = {**content["cells"][3], "id": "r", "source": "stage.restore('made')"}
    content["cells"].insert(4, {**restart, "metadata": {"tags": ["injected-restart"]}})
    path.write_text(json.dumps(content))
    (made,) = check(["make"], folder=root).checked
    assert (made.passed, made.outcome) == (True, "succeeded")


def test_names_are_stages_or_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is neither is answered with the nearest; outside of a project only files can be named."""
    root = shop(tmp_path)
    with pytest.raises(UnknownNameError, match="mkae"):
        check(["mkae"], folder=root)
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 2
    assert main(["check", "none.ipynb"]) == 2


def test_the_command_names_the_cell_and_exits_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Words for people, one document for programs; `--fix` first mends the notebook."""
    root = shop(tmp_path)
    path = root / "notebooks" / "make.ipynb"
    document = json.loads(path.read_text())
    document["cells"][3]["source"] += "\nimport nowhere_to_be_found"
    document["metadata"]["papermill"] = {"duration": 3}
    path.write_text(json.dumps(document))
    monkeypatch.chdir(root)
    assert main(["check", "make"]) == 1
    said = capsys.readouterr().out
    assert "cell 4, line 3" in said
    assert "nowhere_to_be_found" in said
    assert main(["check", "notebooks/make.ipynb", "--fix", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["checked"][0]["stage"] == "make"
    assert told["checked"][0]["faults"][0]["kind"] == "missing-module"
    assert any(text.endswith("noise") for text in told["mended"])
    assert "papermill" not in json.loads(path.read_text())["metadata"]
