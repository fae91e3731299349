"""How cost grows: stages planned, stages run, runs in the ledger; drawn as a picture."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.figure import Figure, seconds
from benchmarks.overhead import WORKBENCH
from tests.projects import notebook, write_project
from workbench.clock import SystemClock
from workbench.ledger import Append, NewEvent, open_ledger

PICTURE = Path(__file__).parent / "growth.png"
PLANNED = (1, 10, 100, 1000)
RUN = (1, 10, 50, 200)
LEDGER = (1, 100, 1000, 10_000)


def measure(rounds: int) -> list[Figure]:
    """Draw the three curves; return what the last of them must not exceed."""
    del rounds
    with tempfile.TemporaryDirectory(prefix="wb-growth-") as folder:
        base = Path(folder)
        planned = [seconds((WORKBENCH, "plan", "--json"), _wide(base / f"plan{n}", n)) for n in PLANNED]
        ran = [seconds((WORKBENCH, "run", "--json"), _wide(base / f"run{n}", n)) for n in RUN]
        shown = [_after(base / f"ledger{n}", n) for n in LEDGER]
    _draw({"plan": (PLANNED, planned), "run": (RUN, ran), "unchanged run": (LEDGER, shown)})
    return [
        Figure("plan of 1,000 stages", planned[-1], "s", "limit", 10.0, 1.0),
        Figure(
            "per stage, 200 stages run", ran[-1] / RUN[-1], "s", "per stage, 10 stages", ran[1] / RUN[1], 1.2
        ),
        Figure("unchanged run behind 10,000 runs", shown[-1], "s", "behind one run", shown[0], 1.5),
    ]


def _wide(root: Path, count: int) -> Path:
    stages: dict[str, dict[str, object]] = {}
    for number in range(count):
        begin = f"import workbench as wb\nstage = wb.stage('s{number}')"
        stages[f"s{number}"] = {
            "notebook": notebook(begin, f"stage.save('o{number}', {{'n': {number}}})"),
            "inputs": [f"o{number // 2}"] if number else [],
            "outputs": [f"o{number}"],
        }
    stages["s0"]["inputs"] = []
    return write_project(root, stages, heartbeat="5s")


def _after(root: Path, runs: int) -> float:
    _wide(root, 6)
    seconds((WORKBENCH, "run", "--json"), root)
    ledger = open_ledger(f"sqlite:///{root}/.workbench/ledger.db", SystemClock())
    template = ledger.find(kinds=("run.started",), limit=1)[0].data
    ended = {"outcome": "reused", "reason": "", "seconds": 1.0}
    for number in range(runs):
        run = f"earlier-{number}"
        events = (
            NewEvent("run.started", {**template, "run": run}, "main"),
            NewEvent("run.ended", {"run": run, **ended}, "main"),
        )
        ledger.append(Append(f"run/{run}", 0, events))
    ledger.close()
    return min(seconds((WORKBENCH, "run", "--json"), root) for _ in range(3))


def _draw(curves: dict[str, tuple[tuple[int, ...], list[float]]]) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 3, figsize=(12, 3.6), constrained_layout=True)
    labels = ("stages planned", "stages run", "runs in the ledger")
    for axis, (name, (counts, taken)), label in zip(axes, curves.items(), labels, strict=True):
        axis.plot(counts, taken, marker="o", color="#0b6e99")
        axis.set(title=f"{name}: seconds", xlabel=label, xscale="log", ylim=(0, None))
        axis.grid(alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(PICTURE, dpi=110)
