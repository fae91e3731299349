"""`workbench monitor`, as it is typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.monitoring.windows.watched import START, Watched, flights, reference_of
from workbench.cli.main import main
from workbench.ledger import open_ledger


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """A project with a drifted week, as the current folder."""
    watched = Watched(tmp_path / "shop")
    watched.ledger = open_ledger(watched.project.layout.ledger_url, watched.clock)
    watched.version(reference_of(flights(3000, 1)))
    watched.answer(flights(900, 2, shift=0.5), START)
    monkeypatch.chdir(watched.root)
    yield watched
    watched.close()


def test_a_window_is_a_table_and_json_and_an_exit_code(
    shop: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["monitor", "delay", "--since", "2013-03-04", "--until", "2013-03-11T00:00+00:00"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "900 rows, 900 with their truth; held against the reference of version 1" in said
    assert "✗ fail" in said
    assert "workbench open" in said
    assert main([*words, "--json", "--strict"]) == 3
    found = json.loads(capsys.readouterr().out)
    failed = [check["name"] for check in found["report"]["checks"] if check["verdict"] == "fail"]
    assert failed == ["distance"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["delya"], "delay"),
        (["delay", "--since", "yesterday"], "--since cannot be 'yesterday'"),
        (["delay", "--since", "0001-01-01"], "--since cannot be '0001-01-01'"),
        (["delay", "--until", "9999-12-31"], "--until cannot be '9999-12-31'"),
        (["delay", "--since", "2013-03-04", "--until", "2013-03-01"], "end after it begins"),
    ],
)
def test_a_wrong_word_is_named(
    shop: Watched, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    code = main(["monitor", *words])
    shown = capsys.readouterr()
    assert code in (1, 2)
    assert said in shown.err + shown.out
    assert "Traceback" not in shown.err
