"""The commands on a small project with real kernels, as a person types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.said import Said, type_in
from tests.projects import notebook, write_project

MAKE = notebook(
    "import workbench as wb\nstage = wb.stage('make')",
    """
    import pandas as pd
    stage.save("table", pd.DataFrame({"n": range(rows), "kind": ["a"] * rows}))
    stage.log_metrics({"rows": rows})
    """,
    parameters="rows: int = 3  # how many rows to make",
)
USE = notebook(
    "import workbench as wb\nstage = wb.stage('use')",
    """
    if ending == "reject":
        stage.reject("too few rows")
    if ending == "raise":
        raise ValueError("no [red]rows[/red]")
    stage.save("count", {"rows": len(stage.load("table"))})
    """,
    parameters="from typing import Literal\nending: Literal['well', 'raise', 'reject'] = 'well'",
)
STAGES = {
    "make": {"notebook": MAKE, "outputs": ["table"]},
    "use": {"notebook": USE, "inputs": ["table"], "outputs": ["count"]},
}


Type = Callable[..., Said]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of two stages."""
    return write_project(tmp_path_factory.mktemp("cli") / "shop", STAGES)


@pytest.fixture(scope="module")
def type_(folder: Path) -> Type:
    """Type a command in the project's folder; its first run has succeeded already."""

    def typed(line: str) -> Said:
        return type_in(folder, line)

    first = typed("run --json")
    assert (first.code, first.err) == (0, "")
    assert first.document["outcome"] == "succeeded"
    return typed


def test_a_run_as_json_is_what_show_prints(type_: Type) -> None:
    """Every stage with outcome, seconds, attempts, notebook, inputs and outputs."""
    newest = type_("runs --json").document[0]["run"]
    shown = type_(f"show {newest} --json").document
    assert {"run", "pipeline", "outcome", "stages"} <= set(shown)
    wanted = {"name", "outcome", "reason", "seconds", "attempts", "notebook", "inputs", "outputs"}
    assert all(wanted <= set(stage) for stage in shown["stages"])
    assert [stage["name"] for stage in shown["stages"]] == ["make", "use"]


def test_an_unchanged_pipeline_is_reused_in_plain_lines(type_: Type) -> None:
    """In a pipe there is no live view, only lines, and then what comes next."""
    said = type_("run")
    assert said.code == 0
    assert "make: reused" in said.out
    assert "= main reused in" in said.out
    assert "Next:" in said.out
    assert "\x1b" not in said.out


def test_a_failing_run_exits_with_one_and_says_how_to_go_on(type_: Type) -> None:
    """Stage, cell, source, error, the next commands; the stage alone shows the traceback too."""
    said = type_("run -p use.ending=raise")
    assert said.code == 1
    assert "  │     raise ValueError(" in said.out
    assert "  ValueError: no [red]rows[/red]" in said.out
    assert "Traceback" not in said.out + said.err
    run = type_("runs --limit 1 --json").document[0]["run"]
    assert f"workbench show {run} use" in said.out
    assert f"workbench resume {run}" in said.out
    shown = type_("show last use")
    assert "Traceback" in shown.out
    assert "notebook.ipynb" in shown.out
    assert type_("show last use --json").document["error"]["ename"] == "ValueError"
    opened = type_("open last --no-browser --json").document
    assert (opened["run"], opened["stage"], opened["url"]) == (run, "use", None)
    assert opened["notebook"].endswith("use.ipynb")
    assert f"workbench resume {run}" in opened["next"]
    said = type_("open last use --no-browser")
    assert "ValueError: no [red]rows[/red]" in said.out
    assert "workbench lab" in said.out
    assert type_("open last use --close --json").document == {"stage": "use", "closed": True, "run": run}
    assert "it was not open" in type_("open last use --close").out
    again = type_("resume last --json")
    assert (again.code, again.document["run"], again.document["outcome"]) == (1, run, "failed")


def test_a_gate_s_no_exits_with_three(type_: Type) -> None:
    """It is told with its reason, never as a traceback."""
    said = type_("run -p use.ending=reject")
    assert said.code == 3
    assert "⊘ main rejected" in said.out
    assert "too few rows" in said.out
    assert "Traceback" not in said.out + said.err


def test_the_plan_and_why_name_the_change(type_: Type) -> None:
    """Nothing is started to find out."""
    before = len(type_("runs --limit 100 --json").document)
    plan = type_("plan -p make.rows=9 --json").document
    assert [(step["stage"], step["action"]) for step in plan["steps"]] == [("make", "run"), ("use", "maybe")]
    said = type_("plan -p make.rows=9")
    assert "parameter rows" in said.out
    assert "workbench run main" in said.out
    assert type_("plan --json").document["steps"][0]["action"] == "reuse"
    assert type_("why make --json").document["stage"] == "make"
    assert type_("why make").out.startswith("make: ")
    assert len(type_("runs --limit 100 --json").document) == before


def test_a_dataset_shows_its_versions_and_what_changed(type_: Type) -> None:
    """The same content is no new version; another is, and can be compared."""
    assert type_("run --until make -p make.rows=5 --json").code == 0
    rows = type_("data log table --json").document
    assert [row["rows"] for row in rows] == [5, 3]
    assert "workbench data diff table" in type_("data log table").out
    shown = type_("data show table --json").document
    assert [column["name"] for column in shown["columns"]] == ["n", "kind"]
    assert "5 rows" in type_("data show table").out
    found = type_("data diff table --json").document
    assert (found["rows_before"], found["rows_after"]) == (3, 5)
    assert "rows: 3 → 5" in type_("data diff table").out
    first = rows[-1]["version"]
    none = type_(f"data diff table {first} {first} --json")
    assert none.document["same"] is True


def test_a_contract_is_drafted_and_never_written_over_a_file(type_: Type, tmp_path: Path) -> None:
    """From the newest version, printed or written, with what to do next."""
    said = type_("data draft table")
    assert "# What the rows of `table` must be like: version" in said.out
    assert type_("data draft table --json").document["contract"] == said.out
    file = tmp_path / "contracts" / "table.toml"
    said = type_(f"data draft table -o {file}")
    assert said.code == 0
    assert "[contracts.table]" in said.out
    assert 'clean = stage.validate("table", table)' in said.out
    assert "[columns.kind]" in file.read_text()
    again = type_(f"data draft table -o {file} --json")
    assert again.code == 2
    assert "exists already" in again.error["message"]


def test_a_sweep_lines_up_its_combinations(type_: Type) -> None:
    """One entry for each; nothing of it becomes current."""
    said = type_("sweep make -p rows=1,2")
    assert said.code == 0
    lines = [line.split()[:2] for line in said.out.splitlines() if line.startswith("make-")]
    assert lines == [["make-1", "1"], ["make-2", "2"]]
    assert 1 not in [row["rows"] for row in type_("data log table --json").document]


def test_the_runs_are_a_table(type_: Type) -> None:
    """The newest comes first, each with its outcome."""
    said = type_("runs")
    assert said.code == 0
    assert "✓ succeeded" in said.out


def test_a_notebook_shows_its_parameters(type_: Type) -> None:
    """Type, default and what the comment says."""
    said = type_("params notebooks/make.ipynb")
    assert "how many rows to make" in said.out
    (parameter,) = type_("params notebooks/make.ipynb --json").document["parameters"]
    assert parameter == {
        "name": "rows",
        "type": "int",
        "required": False,
        "default": 3,
        "help": "how many rows to make",
    }


def test_the_ledger_verifies_and_goes_out(type_: Type, tmp_path: Path) -> None:
    """Its head can be kept elsewhere; an export overwrites nothing."""
    verified = type_("audit verify --json").document
    assert verified["ok"] is True
    assert verified["problems"] == []
    head = f"{verified['head']['position']}:{verified['head']['hash']}"
    assert type_(f"audit verify --head {head}").code == 0
    assert type_(f"audit verify --head {verified['head']['position']}:{'0' * 64}").code == 1
    assert type_("audit verify --head abc").code == 2
    lines = type_("audit export").out.splitlines()
    assert len(lines) == len(type_("audit export --json").document) == verified["events"]
    assert json.loads(lines[0])["position"] == 1
    file = tmp_path / "events.csv"
    assert type_(f"audit export --format csv --output {file}").code == 0
    again = type_(f"audit export --output {file}")
    assert (again.code, "exists already" in again.err) == (2, True)
    nowhere = type_(f"audit export --output {tmp_path}/none/events.jsonl")
    assert (nowhere.code, "cannot be written: No such file" in nowhere.err) == (1, True)


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("run -p make.rosw=4", "rosw", "rows"),
        ("run -p maek.rows=4", "maek", "make"),
        ("run -p make.rows=many", "rows", ""),
        ("run -p use.ending=badly", "ending", ""),
        ("run mian", "mian", "main"),
        ("run --from maek", "maek", "make"),
        ("runs -n 99999999999999999999", "--limit", ""),
        ("run --executor lcoal", "lcoal", ""),
        ("why ues", "ues", "use"),
        ("show nonsense", "nonsense", ""),
        ("show last uzw", "uzw", ""),
        ("resume 19990101", "19990101", ""),
        ("sweep make -p rosw=1,2", "rosw", "rows"),
        ("data log tabel", "tabel", "table"),
        ("data show table --version 99", "99", ""),
        ("promote flight 1", "flight", ""),
        ("rollback flight", "flight", ""),
        ("params notebooks/none.ipynb", "none.ipynb", ""),
    ],
)
def test_what_does_not_exist_is_named_with_the_nearest(
    type_: Type, line: str, message: str, hint: str
) -> None:
    """One clear message, exit code 2, nothing run."""
    before = len(type_("runs --limit 100 --json").document)
    said = type_(f"{line} --json")
    assert (said.code, said.out) == (2, "")
    assert message in said.error["message"]
    assert hint in said.error["hint"]
    assert len(type_("runs --limit 100 --json").document) == before
