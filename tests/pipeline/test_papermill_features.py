"""What Papermill does with a notebook's tags, magics, outputs and widgets, the workbench does too."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from tests.projects import cell, notebook, write_project
from workbench.pipeline.outcome import Outcome
from workbench.workspace import open_workspace

BEGIN = "import workbench as wb\nstage = wb.stage('only')"
LEAN = "[kernels]\nusual = false\nidle = '60s'\n"
PARAMETERS = "rows: int = 1\nname: str = 'a'"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
Cell = str | dict[str, object]

FEATURES: dict[str, list[Cell]] = {
    "parameters": ["rows, name"],
    "skip-execution": [cell("print('never')", "skip-execution")],
    "raises-exception": [cell("print('before')\n1 / 0", "raises-exception"), "'went on'"],
    "bash": ["%%bash\necho out", "%%bash --out kept\necho kept", "kept", "%%sh\necho err >&2"],
    "other languages": ["%%html\n<b>bold</b>", "%%javascript\nconsole.log(1)", "%%python\nprint('other')"],
    "shell": ["!echo shell; exit 3", "_exit_code", "lines = !echo 1; echo 2\nlines"],
    "time": ["%%time\ntimed = 3\ntimed", "%time timed", "%%timeit -n1 -r1\npass"],
    "capture": ["%%capture captured\nprint('captured')", "captured.stdout"],
    "other magics": ["%env SAID=1", "%precision 3\n1 / 3", "%load_ext autoreload\n%autoreload 2", "print?"],
    "files": [
        "%%writefile tiny.py\nprint('tiny')",
        "%run tiny.py",
        "import os; os.path.basename(os.getcwd())",
    ],
    "figures": [
        "%matplotlib inline\nimport matplotlib.pyplot as plt\n_ = plt.plot([1, 2])",
        "figure, axes = plt.subplots()\naxes.bar([1], [2])\nplt.show()",
    ],
    "display": [
        "from IPython.display import *\nimport base64",
        "display(HTML('<i>html</i>'), Markdown('# text'), Latex('$x$'), JSON({'a': 1}))",
        f"Image(base64.b64decode('{PIXEL}'))",
        "display({'text/plain': 'a', 'image/png': 'AAAA'}, raw=True, metadata={'image/png': {'width': 3}})",
    ],
    "display_id": [
        "shown = display('first', display_id='mine')\nother = display('other', display_id=True)",
        "other.update('other, later')\nshown.update('second')\n_ = display('third', display_id='mine')",
        "update_display(HTML('<b>fourth</b>'), display_id='mine')",
    ],
    "clear_output": [
        "for number in range(3):\n    print(number)\n    clear_output(wait=True)\nprint('end')",
        "print('gone')\ndisplay('gone')\nclear_output()\nprint('kept')",
        "_ = display('a', display_id='c')\nclear_output()\nc = display('b', display_id='c')\nc.update('c')",
    ],
    "order": ["print('a')\ndisplay('b')\nprint('c')\n'd'", "5;", "", "# nothing", "None", "_, len(Out) > 3"],
    "streams": ["import sys\nprint('err', file=sys.stderr)", "import logging\nlogging.warning('logged')"],
    "below Python": ["import subprocess\n_ = subprocess.run(['echo', 'below'])", "_ = os.write(1, b'fd\\n')"],
    "threads": [
        "import threading\nthread = threading.Thread(target=print, args=('in a thread',))",
        "thread.start(); thread.join()",
    ],
    "await": ["import asyncio\nawait asyncio.sleep(0)\n42"],
    "own types": [
        "class Own(int):\n    def _repr_mimebundle_(self, **_): return {'application/x-own': 'a'}\nOwn()"
    ],
    "widgets": ["import ipywidgets\nslider = ipywidgets.IntSlider(3)\ndisplay(slider)\nslider.value = 5"],
    "no input": ["sys.stdin.readline()"],
}
CHANGING = {
    r"ipykernel_\d+": "ipykernel",
    r"[\d.]+(e[+-]\d+)? (ns|μs|us|ms|s)\b": "TIME",
    "[0-9a-f]{32}": "ID",
}


@dataclass(frozen=True)
class Executed:
    """One notebook, executed by Papermill and by a run."""

    plain: list[dict[str, Any]]
    run: list[dict[str, Any]]
    states: tuple[dict[str, Any], dict[str, Any]]
    outcome: Outcome
    failure: PapermillExecutionError | None

    def of(self, feature: str) -> tuple[list[Any], list[Any]]:
        """Return what each made of a feature's cells."""
        begin = 4 + sum(len(FEATURES[name]) for name in list(FEATURES)[: list(FEATURES).index(feature)])
        both = [cells[begin : begin + len(FEATURES[feature])] for cells in (self.plain, self.run)]
        return _seen(both[0]), _seen(both[1])


def _plain(root: Path, **options: Any) -> tuple[dict[str, Any], PapermillExecutionError | None]:
    failure = None
    try:
        papermill.execute_notebook(
            str(root / "notebooks" / "only.ipynb"),
            str(root / "plain.ipynb"),
            cwd=str(root / "notebooks"),
            progress_bar=False,
            execution_timeout=60,
            **options,
        )
    except PapermillExecutionError as error:
        failure = error
    return json.loads((root / "plain.ipynb").read_text(encoding="utf-8")), failure


def _run(root: Path, **parameters: str) -> tuple[dict[str, Any], Outcome, str]:
    with open_workspace(root) as workspace:
        state = workspace.run(overrides={"only": parameters})
        path = state.entries["only"].notebook
    assert path is not None
    assert state.outcome is not None
    return json.loads(Path(path).read_text(encoding="utf-8")), state.outcome, state.entries["only"].reason


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Executed:
    """All features in one notebook."""
    root = tmp_path_factory.mktemp("features")
    cells = [each for feature in FEATURES.values() for each in feature]
    document = notebook(BEGIN, *cells, parameters=PARAMETERS)
    write_project(root, {"only": {"notebook": document, "timeout": "120s"}}, heartbeat="10s", extra=LEAN)
    plain, failure = _plain(root, parameters={"rows": 5, "name": "b"})
    (root / "notebooks" / "tiny.py").unlink()
    run, outcome, _ = _run(root, rows="5", name="b")
    own = [each for each in plain["cells"] if "papermill-error-cell-tag" not in _tags(each)]
    return Executed(own, run["cells"], (_widgets(plain), _widgets(run)), outcome, failure)


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_gives_the_outputs_that_papermill_gives(executed: Executed, feature: str) -> None:
    """Cell by cell: outputs with their metadata, and execution counts."""
    plain, run = executed.of(feature)
    assert run == plain


def test_parameters_stand_where_papermill_puts_them(executed: Executed) -> None:
    """In a cell of their own with its tag, below the one that declares them."""
    tags = [["parameters"], ["injected-parameters"], []]
    assert (
        [_tags(each) for each in executed.run[1:4]] == [_tags(each) for each in executed.plain[1:4]] == tags
    )


def test_an_expected_error_is_no_failure(executed: Executed) -> None:
    """Papermill runs to the end and fails all the same; the tag says what the author wants."""
    assert executed.outcome is Outcome.SUCCEEDED
    assert executed.failure is not None
    assert executed.failure.ename == "ZeroDivisionError"


def test_the_state_of_widgets_is_kept(executed: Executed) -> None:
    """A page that opens the executed notebook shows the slider where it was left."""
    plain, run = executed.states
    assert run == plain
    assert run["IntSliderModel"]["value"] == 5


ERRORS: dict[str, Cell] = {
    "raised": "print('before')\n{}['key']",
    "in bash": "%%bash\nexit 3",
    "no such magic": "%no_such_magic",
}


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_ends_the_notebook_as_with_papermill(error: str, tmp_path: Path) -> None:
    """At the same cell, with the same traceback; what comes after it is not run."""
    document = notebook(BEGIN, ERRORS[error], "print('not reached')")
    write_project(tmp_path, {"only": {"notebook": document}}, heartbeat="10s", extra=LEAN)
    plain, failure = _plain(tmp_path)
    run, outcome, reason = _run(tmp_path)
    own = [each for each in plain["cells"] if "papermill-error-cell-tag" not in _tags(each)]
    assert failure is not None
    assert outcome is Outcome.FAILED
    assert reason.startswith("cell 4 raised ")
    assert _seen(run["cells"]) == _seen(own)
    assert run["cells"][-1]["execution_count"] is None


def test_parameters_of_an_earlier_run_are_not_used_again(tmp_path: Path) -> None:
    """Papermill executes the cell that it finds; a run's parameters are those that it was given."""
    document: dict[str, Any] = notebook(BEGIN, "rows, name", parameters=PARAMETERS)
    document["cells"].insert(2, {**cell("rows = 77", "injected-parameters"), "id": "old"})
    write_project(tmp_path, {"only": {"notebook": document}}, heartbeat="10s", extra=LEAN)
    run, outcome, _ = _run(tmp_path)
    assert outcome is Outcome.SUCCEEDED
    assert run["cells"][-1]["outputs"][0]["data"]["text/plain"] == ["(1, 'a')"]


ASKING = {
    "input": "input('who?')",
    "a password": "import getpass\ngetpass.getpass()",
}


@pytest.mark.parametrize("asking", ASKING)
def test_a_cell_that_asks_for_input_is_told_that_nobody_answers(asking: str, tmp_path: Path) -> None:
    """At once, and with what to do instead."""
    document = notebook(BEGIN, ASKING[asking])
    write_project(tmp_path, {"only": {"notebook": document, "timeout": "60s"}}, extra=LEAN)
    _, outcome, reason = _run(tmp_path)
    assert outcome is Outcome.FAILED
    assert "nobody is there to answer: make that a parameter" in reason


def _tags(each: dict[str, Any]) -> list[str]:
    tags: list[str] = each["metadata"].get("tags", [])
    return tags


def _seen(cells: list[dict[str, Any]]) -> list[Any]:
    """Return counts and outputs, the pieces of a stream joined, without what no two executions share."""
    return [(each.get("execution_count"), _joined(each.get("outputs", []))) for each in cells]


def _joined(outputs: list[dict[str, Any]]) -> list[Any]:
    found: list[Any] = []
    for each in outputs:
        text = json.dumps(each, ensure_ascii=False)
        for pattern, same in CHANGING.items():
            text = re.sub(pattern, same, text)
        output = json.loads(text)
        if output["output_type"] == "stream":
            output["text"] = "".join(output["text"])
            if found and found[-1].get("name") == output["name"]:
                found[-1]["text"] += output["text"]
                continue
        found.append(output)
    return found


def _widgets(document: dict[str, Any]) -> dict[str, Any]:
    states = document["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"].values()
    return {each["model_name"]: json.loads(_joined_state(each["state"])) for each in states}


def _joined_state(state: dict[str, Any]) -> str:
    return re.sub("[0-9a-f]{32}", "ID", json.dumps(state))
