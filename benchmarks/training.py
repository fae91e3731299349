"""The flights pipeline from nothing, against its own cells as one plain Python script.

The script computes all that the cells compute, contracts, gates and explanations included. It stores
nothing, records nothing, starts no kernel, and hands tables from cell to cell in memory.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from benchmarks.figure import Figure, interleaved, seconds
from benchmarks.overhead import WORKBENCH

ROOT = Path(__file__).resolve().parents[1]
STAND_IN = '''
import io
import sys
from pathlib import Path

sys.path.insert(0, ROOT)
import workbench
from workbench.pipeline.validation import validated
from workbench.project import load_project

KEPT = {}


class Stage:
    """Computes what a stage computes, keeps outputs in memory, and asks nobody."""

    seed = 2013
    project = load_project(Path(ROOT))

    def __init__(self, name):
        self.name = name
        self.outputs = self.project.stage(name).outputs
        self.inputs = {"candidate": {"kind": "model"}, "flight-delay@champion": {"kind": "absent"}}

    def model_config(self, name):
        return self.project.model(name)

    def load(self, name, **_):
        value = KEPT.get(name)
        return value.copy() if hasattr(value, "copy") else value

    def save(self, name, value, **_):
        KEPT[name] = value

    def validate(self, name, table):
        return validated(self, name, table)[1]

    def log_figure(self, figure, name):
        figure.savefig(io.BytesIO(), format="png", dpi=120, bbox_inches="tight")

    def __getattr__(self, name):
        return lambda *a, **k: None


workbench.stage = Stage
'''


def measure(rounds: int) -> list[Figure]:
    """Return the figure for a cold cache and twenty tuning trials."""
    with tempfile.TemporaryDirectory(prefix="wb-training-") as folder:
        project = copy_of_checkout(Path(folder) / "flights")
        script = Path(folder) / "script.py"
        script.write_text(as_script(project), encoding="utf-8")

        def cold() -> float:
            shutil.rmtree(project / ".workbench", ignore_errors=True)
            return seconds((WORKBENCH, "run", "training", "--json"), project)

        ours, plain = interleaved(
            min(rounds, 3),
            cold,
            lambda: seconds((sys.executable, str(script)), project / "notebooks", {"MPLBACKEND": "Agg"}),
        )
        again = seconds((WORKBENCH, "run", "training", "--json"), project)
    return [
        Figure("flights training, cold, 20 trials", ours, "s", "its cells as a plain script", plain, 1.3),
        Figure("flights training, nothing changed", again, "s", "limit", 1.0, 1.0),
    ]


def copy_of_checkout(folder: Path) -> Path:
    """Copy what git tracks, so that measuring leaves the checkout and its runs alone."""
    listing = ["git", "ls-files", "-z"]
    told = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, told.stdout.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def as_script(project: Path) -> str:
    """Return the code cells of the notebooks, in order, as one script with a stand-in for the stage."""
    parts = [STAND_IN.replace("ROOT", repr(str(project)))]
    for path in sorted((project / "notebooks").glob("0[1-6]_*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        parts += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return "\n\n".join(textwrap.dedent(part) for part in parts)
