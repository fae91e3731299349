"""`init` and `doctor`, as a person types them."""

from __future__ import annotations

import json
from contextlib import chdir
from pathlib import Path

import pytest

from workbench.cli.main import main


def test_init_says_what_it_made_and_what_comes_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second time it names what is there."""
    with chdir(tmp_path):
        assert main(["init", "shop"]) == 0
        out = capsys.readouterr().out
        assert "Project shop" in out
        assert all(words in out for words in ("nbdime", "cd shop", "workbench run"))
        assert main(["init", "shop"]) == 2
        assert "holds already" in capsys.readouterr().err
        assert main(["init", "two words", "--no-git"]) == 0
        assert "cd 'two words'" in capsys.readouterr().out
        assert main(["init", "other", "--no-git", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["project"] == "other"
    assert made["git"]["root"] is None


def test_doctor_says_what_to_do_and_exits_with_one_when_something_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In words, and as JSON."""
    with chdir(tmp_path):
        main(["init", "shop", "--json"])
    capsys.readouterr()
    with chdir(tmp_path / "shop"):
        assert main(["doctor"]) == 0
        out = capsys.readouterr().out
        assert "✓ ledger" in out
        assert "→ git add . && git commit" in out
        assert main(["doctor", "--executor", "dask://scheduler:8786", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert [each["name"] for each in told["findings"] if each["status"] == "fail"] == ["executor"]
