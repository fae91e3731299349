"""What a notebook captures in `ipywidgets.Output` is captured headless too."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.projects import notebook, write_project
from workbench.pipeline.outcome import Outcome
from workbench.workspace import open_workspace

LEAN = "[kernels]\nusual = false\nidle = '60s'\n"
CAPTURE = """
import sys, ipywidgets
import workbench as wb
from IPython.display import clear_output
stage = wb.stage("only")
out = ipywidgets.Output()
"""
CAPTURING: dict[str, tuple[list[str], str]] = {
    "streams and displays": (
        ["with out:\n    print('a')\n    display('b')\n    print('c', file=sys.stderr)\nprint('beside')"],
        "[('stream', 'a\\n'), ('display_data', \"'b'\"), ('stream', 'c\\n')]",
    ),
    "more in a later cell": (
        ["with out:\n    print('a')", "with out:\n    print('b')"],
        "[('stream', 'a\\nb\\n')]",
    ),
    "cleared": (
        ["with out:\n    print('a')", "out.clear_output()\nwith out:\n    print('b')"],
        "[('stream', 'b\\n')]",
    ),
    "cleared in time": (
        ["with out:\n    for i in range(3):\n        clear_output(wait=True)\n        print(i)"],
        "[('stream', '2\\n')]",
    ),
    "an error": (["with out:\n    1 / 0", "print('went on')"], "[('error', 'division by zero')]"),
    "one in another": (
        ["inner = ipywidgets.Output()\nwith out:\n    print('a')\n    with inner:\n        print('b')"],
        "[('stream', 'a\\n')]",
    ),
    "a function's": (
        ["@out.capture(clear_output=True)\ndef tell():\n    print('a')\ntell()\ntell()"],
        "[('stream', 'a\\n')]",
    ),
}
TELL = """
[(o["output_type"], o.get("text") or o.get("evalue") or o["data"]["text/plain"]) for o in out.outputs]
"""


def test_an_output_widget_captures_what_a_page_would_let_it_capture(tmp_path: Path) -> None:
    """The kernel sees it in the next cell, and the executed notebook keeps it."""
    cells = [each for capturing, _ in CAPTURING.values() for each in (CAPTURE, *capturing, TELL)]
    document = notebook(*cells)
    write_project(tmp_path, {"only": {"notebook": document, "timeout": "60s"}}, extra=LEAN)
    run, outcome, reason = _run(tmp_path)
    assert outcome is Outcome.SUCCEEDED, reason
    told = [each["outputs"] for each in run["cells"] if "".join(each["source"]) == TELL.strip()]
    captured = ["".join(outputs[0]["data"]["text/plain"]).replace("\n ", " ") for outputs in told]
    assert dict(zip(CAPTURING, captured, strict=True)) == {
        name: then for name, (_, then) in CAPTURING.items()
    }
    state = run["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"].values()
    assert sum(len(model["state"].get("outputs", ())) for model in state) > len(CAPTURING)


@pytest.mark.soak
def test_captured_output_never_makes_a_run_deaf(tmp_path: Path, soak_count: Callable[[int], int]) -> None:
    """Left alone, nbclient misses the reply to one of some hundred such cells, and waits for ever."""
    count = soak_count(1000)
    lines = "with out:\n    print('a')\n    with inner:\n        print('b')\n    print('c')"
    document = notebook(CAPTURE, "inner = ipywidgets.Output()", *([lines] * count))
    write_project(tmp_path, {"only": {"notebook": document, "timeout": "300s"}}, heartbeat="10s", extra=LEAN)
    _, outcome, reason = _run(tmp_path)
    assert outcome is Outcome.SUCCEEDED, reason
    print(f"\n{count} cells with two Output widgets, one in the other: none hung")


def _run(root: Path) -> tuple[dict[str, Any], Outcome | None, str]:
    with open_workspace(root) as workspace:
        state = workspace.run()
    path = state.entries["only"].notebook
    assert path is not None
    return json.loads(Path(path).read_text(encoding="utf-8")), state.outcome, state.entries["only"].reason
