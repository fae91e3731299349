"""The export that auditors get."""

from __future__ import annotations

import csv
import hashlib
import io
import json

import pytest

from tests.ledger.conftest import Write
from workbench.errors import UsageError
from workbench.ledger import Ledger, audit
from workbench.ledger.audit import export


@pytest.fixture
def written(write: Write) -> None:
    """Three events with text that a CSV must quote."""
    write("run/1", "run.started", {"b": [1, 0.5], "a": "é\n\"quoted\", 'and' \ud800"}, subject="a,b")
    write("model/m", "alias.moved", {}, key='"k"')
    write("run/1", "run.ended", {"outcome": "succeeded"}, subject="two\nlines")


@pytest.mark.usefixtures("written")
def test_jsonl_holds_every_event_as_an_object(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line each, the oldest first, over any number of pages."""
    monkeypatch.setattr(audit, "_PAGE", 2)
    lines = list(export(ledger, "jsonl"))
    assert all("\n" not in line and line.isascii() for line in lines)
    rows = [json.loads(line) for line in lines]
    assert [row["position"] for row in rows] == [1, 2, 3]
    assert [row["data"] for row in rows] == [event.data for event in ledger.find()]
    assert rows[0]["at"] == "2013-01-01T00:00:00.000000+00:00"


@pytest.mark.usefixtures("written")
def test_csv_is_enough_to_check_the_chain_elsewhere(ledger: Ledger) -> None:
    """The recipe in the documentation gives the recorded hashes, with nothing of ours."""
    headings, *rows = csv.reader(io.StringIO("\n".join(export(ledger, "csv")), newline=""))
    previous = "0" * 64
    for values in rows:
        columns: list[str | int] = list(values[:-1])
        for name in ("position", "version"):
            columns[headings.index(name)] = int(columns[headings.index(name)])
        recomputed = hashlib.sha256(json.dumps(columns, separators=(",", ":")).encode()).hexdigest()
        assert (values[headings.index("previous")], values[-1]) == (previous, recomputed)
        previous = recomputed
    assert (len(rows), previous) == (3, ledger.head().hash)


def test_an_empty_ledger_exports_headings_only(ledger: Ledger) -> None:
    """A table without rows, and no objects."""
    assert list(export(ledger, "csv")) == [
        "position,stream,version,kind,subject,key,at,recorded_at,actor,data,previous,hash"
    ]
    assert list(export(ledger)) == []


def test_another_format_is_refused_with_those_there_are(ledger: Ledger) -> None:
    """Before anything is written."""
    with pytest.raises(UsageError, match="cannot be written as 'xml'") as error:
        export(ledger, "xml")
    assert "jsonl, csv" in error.value.hint
