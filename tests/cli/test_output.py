from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from workbench.cli.output import open_console, plain_table, print_json, print_next, to_json
from workbench.pipeline.outcome import Outcome


@dataclass(frozen=True)
class Point:
    x: float
    where: Path


class Described:
    def to_dict(self) -> dict[str, Any]:
        return {"outcome": Outcome.FAILED}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Point(1.5, Path("a/b")), {"x": 1.5, "where": "a/b"}),
        (Described(), {"outcome": "failed"}),
        ((1, [None, True]), [1, [None, True]]),
        ({1: {"b", "a"}}, {"1": ["a", "b"]}),
        ([float("nan"), float("inf"), 1e300], [None, None, 1e300]),
        (date(2013, 1, 2), "2013-01-02"),
        (datetime(2013, 1, 2, tzinfo=UTC), "2013-01-02T00:00:00+00:00"),
        ("flüge", "flüge"),
    ],
)
def test_everything_becomes_plain_json(value: Any, expected: Any) -> None:
    """What JSON cannot hold becomes null or text, never invalid JSON."""
    assert to_json(value) == expected
    assert json.loads(json.dumps(to_json(value), allow_nan=False)) == expected


def test_json_goes_out_as_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output parses as it is."""
    print_json({"a": [1, 2]})
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"a": [1, 2]}
    assert captured.err == ""


def test_a_table_in_a_pipe_is_wide_and_undecorated(capsys: pytest.CaptureFixture[str]) -> None:
    """Names of ninety letters stay whole on one line, and brackets are not markup."""
    console = open_console()
    table = plain_table("name", "rows", right=("rows",))
    table.add_row("x" * 90, "[bold]12[/bold]")
    console.print(table)
    print_next(console, ("workbench runs", "list them"))
    out = capsys.readouterr().out
    assert "x" * 90 + "  " in out
    assert "[bold]12[/bold]" in out
    assert "\x1b" not in out
    assert "workbench runs" in out


def test_a_command_can_be_copied_from_a_narrow_terminal() -> None:
    """Whole, on a line of its own that the terminal breaks; what it does stands below."""
    out = io.StringIO()
    command = "workbench show 20261122-024804-4ffe train"
    print_next(Console(file=out, width=40), (command, "all about train"), ("workbench runs", "list them"))
    assert f"  {command}\n" in out.getvalue()
    assert "all about train" in out.getvalue()
