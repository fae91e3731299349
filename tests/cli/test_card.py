"""`workbench card` and `workbench trace`, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.registry.story import Story
from workbench.cli.main import main
from workbench.clock import SystemClock
from workbench.ledger import open_ledger


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A project with a version that a policy made champion."""
    url = f"sqlite:///{tmp_path / 'shop' / '.workbench' / 'ledger.db'}"
    made = Story(tmp_path / "shop", open_ledger(url, SystemClock()), policy="automatic")
    made.judge()
    made.promote("a")
    monkeypatch.chdir(made.project.root)
    return made


@pytest.mark.parametrize("version", ["delay", "delay/1", "delay@champion"])
def test_a_card_in_a_pipe_is_markdown(story: Story, capsys: pytest.CaptureFixture[str], version: str) -> None:
    """The four questions first."""
    assert main(["card", version]) == 0
    told = capsys.readouterr().out
    assert told.startswith("# delay version 1\n")
    for question in ("Trained on what?", "Good at what?", "Bad for whom?", "Approved by whom?"):
        assert f"**{question}**" in told


def test_a_card_is_written_as_html_and_markdown_at_once(
    story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both files, and as JSON what they stand on."""
    assert main(["card", "delay", "--html", "card.html", "--md", "card.md"]) == 0
    assert "delay version 1: its card is in card.html" in capsys.readouterr().out
    assert Path("card.html").read_text().startswith("<!doctype html>")
    assert Path("card.md").read_text().startswith("# delay version 1")
    assert main(["card", "delay", "--html", "card.html", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["version"], document["files"]) == (1, ["card.html"])


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["card", "delay/7"], 2, "no version of 'delay' named '7'.\nRegistered: 1."),
        (["card", "delay/x"], 2, "names no version: after the slash 'x' is not a number"),
        (["trace", "dealy"], 2, "no registered model named 'dealy'.\nDid you mean 'delay'?"),
        (["trace", "delay@challenger"], 2, "Nobody is challenger of 'delay' yet"),
        (["card", "delay", "--html", "nowhere/card.html"], 2, "is in a folder that does not exist"),
        (["card", "delay", "--md", "."], 2, "is a folder"),
    ],
)
def test_what_is_not_there_is_named(
    story: Story, capsys: pytest.CaptureFixture[str], words: list[str], code: int, told: str
) -> None:
    """Versions, models, aliases, and places that a card cannot be written to."""
    assert main(words) == code
    assert told in capsys.readouterr().err


def test_a_trace_names_cells_data_and_who_decided(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    """Every stage with its cells by number and first line; as JSON with digests."""
    assert main(["trace", "delay@champion"]) == 0
    told = capsys.readouterr().out
    assert "delay version 1  champion" in told
    assert "train  run 20130101-000000-0001, commit c0ffeec0ff with changes, by ada@lab" in told
    assert "  read  features v1 10 rows f1" in told
    assert "  with  train_until = 2013-10-31, trees = 10" in told
    assert "  cell  3  fit(<b>)" in told
    assert "judged by evaluate" in told
    assert "✓ quality  quality says pass" in told
    assert "policy automatic" in told
    assert main(["trace", "delay", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [step["stage"] for step in document["made"]] == ["ingest", "train", "train"]
    assert document["made"][-1]["cells"][1] == {"number": 3, "first_line": "fit(<b>)", "digest": "d" * 64}
