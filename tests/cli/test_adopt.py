"""Messy notebooks of three kinds become stages that run headless, typed as a person would."""

from __future__ import annotations

import io
import json
import shutil
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.adopt.messy import NOTEBOOKS, write_data, write_messy
from tests.projects import migrated_tracking
from workbench.cli.main import main
from workbench.notebook_rules import check


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


def type_(folder: Path, *words: str) -> Said:
    out, err = io.StringIO(), io.StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        code = main(list(words))
    return Said(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project with the data that the messy notebooks want."""
    folder = tmp_path_factory.mktemp("adopt")
    assert type_(folder, "init", "shop", "--json").code == 0
    (folder / "shop/.workbench").mkdir()
    shutil.copy(migrated_tracking(), folder / "shop/.workbench/mlflow.db")
    write_data(folder / "shop/data")
    return folder / "shop"


MESSY = [
    (
        "churn_hidden_state.ipynb",
        ("-p", "price_limit=80.0"),
        {"hidden-state", "order", "syntax"},
        ["price_limit", "MIN_TENURE", "bins"],
        ["data/customers.csv"],
        ["risky_customers", "churn"],
    ),
    (
        "energy_absolute_paths.ipynb",
        (),
        {"absolute-path", "output"},
        ["BASE", "hours"],
        ["data/meters.csv", "data/weather.csv", "data/stations.json", "data/tariffs.db"],
        ["predictions", "model", "report"],
    ),
    (
        "loans_widgets_magics.ipynb",
        (),
        {"dependency", "magic", "widget"},
        ["SEED", "amount", "kind_value", "show_table_value", "rate", "years"],
        [],
        ["paid", "summary"],
    ),
]


@pytest.mark.parametrize(
    ("name", "given", "kinds", "parameters", "files", "outputs"), MESSY, ids=[each[0] for each in MESSY]
)
def test_a_messy_notebook_becomes_a_stage_that_runs_headless(
    shop: Path,
    name: str,
    given: tuple[str, ...],
    kinds: set[str],
    parameters: list[str],
    files: list[str],
    outputs: list[str],
) -> None:
    """What was wrong with it is named; it runs green, and unchanged a second run reuses it."""
    original = shop / "analysis" / name
    original.parent.mkdir(exist_ok=True)
    shutil.copy(NOTEBOOKS / name, original)
    said = type_(shop, "adopt", f"analysis/{name}", *given, "--yes", "--json")
    assert (said.code, said.err) == (0, "")
    told = said.document
    assert [each["name"] for each in told["parameters"]] == parameters
    assert (told["files"], [each["name"] for each in told["outputs"]]) == (files, outputs)
    assert kinds <= {each["kind"] for each in told["findings"]}
    assert (told["written"], told["run"]["outcome"]) == (True, "succeeded")
    assert sorted(told["run"]["stages"][0]["outputs"]) == sorted(outputs)
    assert original.read_bytes() == (NOTEBOOKS / name).read_bytes()
    again = type_(shop, "run", told["pipeline"], "--json")
    assert (again.code, again.document["stages"][0]["outcome"]) == (0, "reused")
    assert all("at most" in str(breach) for breach in check(shop / told["target"]))


def test_without_a_yes_nothing_is_written(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The change is shown; `--json` alone proposes only."""
    write_messy(shop / "sketch.ipynb", "limit = 3\nprint(limit)")
    before = (shop / "workbench.toml").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    said = type_(shop, "adopt", "sketch.ipynb")
    assert said.code == 0
    assert "+      limit: int = 3" in said.out
    assert "+[stages.sketch]" in said.out
    assert said.out.endswith("Nothing was written.\n")
    assert type_(shop, "adopt", "sketch.ipynb", "--json").document["written"] is False
    assert (shop / "workbench.toml").read_bytes() == before
    assert not (shop / "notebooks/sketch.ipynb").exists()


def test_what_cannot_run_by_itself_is_said_and_not_written(shop: Path) -> None:
    """Even with `--yes`; what to do stands beside it."""
    write_messy(shop / "stuck.ipynb", "print(limit)")
    said = type_(shop, "adopt", "stuck.ipynb", "--yes")
    assert said.code == 2
    assert "✗ hidden-state: cell 1 uses `limit`" in said.out
    assert "→ Give its value, -p limit=VALUE" in said.out
    assert not (shop / "notebooks/stuck.ipynb").exists()
    assert type_(shop, "adopt", "stuck.ipynb", "--yes", "--json").code == 2


def test_a_failing_cell_is_told(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stage stays, to be mended, and the commands that come next are printed."""
    write_messy(shop / "wrong.ipynb", "rows = 3\nprint(rows)", "1 / 0")
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))
    said = type_(shop, "adopt", "wrong.ipynb")
    assert said.code == 1
    assert "wrong, cell 5" in said.out
    assert "ZeroDivisionError" in said.out
    assert "jupyter lab notebooks/wrong.ipynb" in said.out
    assert (shop / "notebooks/wrong.ipynb").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("gone.ipynb",), "There is no notebook"),
        (("sketch.ipynb", "-p", "limit"), "Expected -p NAME=VALUE"),
        (("sketch.ipynb", "-p", "limt=4"), "'limt'"),
        (("sketch.ipynb", "--stage", "train"), "a stage 'train' already"),
    ],
)
def test_wrong_words_are_refused(shop: Path, words: tuple[str, ...], message: str) -> None:
    """One line, and what to do."""
    write_messy(shop / "sketch.ipynb", "limit = 3\nprint(limit)")
    said = type_(shop, "adopt", *words)
    assert said.code == 2
    assert message in said.err


def test_outside_of_a_project_it_says_how_to_make_one(tmp_path: Path) -> None:
    """`workbench init` comes first."""
    write_messy(tmp_path / "a.ipynb", "print(1)")
    said = type_(tmp_path, "adopt", "a.ipynb")
    assert said.code == 2
    assert "workbench init DIR" in said.err
