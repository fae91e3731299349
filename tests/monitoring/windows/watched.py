"""A project whose model has answered callers for weeks, for what looks at windows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.projects import notebook, write_project
from workbench.clock import ManualClock
from workbench.data.digest import digest_folder
from workbench.data.drift import Reference, reference
from workbench.ledger import Append, Ledger, MemoryLedger
from workbench.monitoring.finding import Check, WindowReport
from workbench.monitoring.look import look
from workbench.project import load_project
from workbench.registry.model import read_model, stream_of
from workbench.registry.registration import register
from workbench.registry.verdict import Verdict
from workbench.serving.log import Compactor, LogPlace, RequestIds, RowEncoder, Spool, encode_label

MODEL = "delay"
START = datetime(2013, 3, 4, tzinfo=UTC)  # a Monday
WEEK = timedelta(days=7)
DOUBT = Verdict.INCONCLUSIVE
CARRIERS = ("AA", "B6", "UA")
COLUMNS = (("distance", "number"), ("hour", "integer"), ("carrier", "category"))
TASK = 'task = "binary"\ntarget = "late"\nmetric = "log_loss"'


def monitor_notebook() -> dict[str, object]:
    """Return the notebook of a monitor stage."""
    parameters = "from datetime import datetime\nmodel: str = 'delay'\nsince: datetime | None = None\n"
    parameters += "until: datetime | None = None"
    return notebook(
        "import workbench as wb\nstage = wb.stage('monitor')",
        "report = wb.monitor(stage, model=model, since=since, until=until)\nreport",
        "stage.save('monitoring', report.to_dict())",
        parameters=parameters,
    )


def flights(rows: int, seed: int, *, shift: float = 0.0) -> pd.DataFrame:
    """Return rows with a score that means what it says, and whether it happened.

    Args:
        rows: how many.
        seed: of the draws.
        shift: is added to every distance, in thousands.
    """
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "distance": (random.gamma(4, 250, rows) + 1000 * shift).round(1),
            "hour": random.integers(5, 23, rows),
            "carrier": random.choice(CARRIERS, rows, p=[0.5, 0.3, 0.2]),
        }
    )
    logit = -2.2 + 0.09 * (frame["hour"] - 5) + 0.8 * (frame["carrier"] == "B6") + random.normal(0, 0.6, rows)
    score = 1 / (1 + np.exp(-logit))
    return frame.assign(score=score.round(6), late=(random.random(rows) < score).astype(float))


def reference_of(frame: pd.DataFrame, days: int = 30) -> Reference:
    """Return the reference of rows that are spread evenly over days."""
    times = pd.Timestamp("2013-01-01") + pd.to_timedelta(
        np.linspace(0, days, len(frame), endpoint=False), "D"
    )
    return reference(
        frame[[name for name, _ in COLUMNS if name in frame]],
        times=times,
        score=frame["score"],
        label=frame["late"],
        scored_times=times,
    )


@dataclass
class Watched:
    """A project, its ledger and its log.

    Attributes:
        now: project time at which somebody looks.
    """

    root: Path
    monitoring: str = ""
    declared: str = TASK
    more: str = ""
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        text = f'\n[models.{MODEL}]\n{self.declared}\ntrained_by = "train"\n'
        text += f"\n[models.{MODEL}.monitoring]\n{self.monitoring}\n{self.more}\n"
        stages: dict[str, dict[str, object]] = {
            "train": {"notebook": notebook(), "outputs": ["candidate"]},
            "monitor": {"notebook": monitor_notebook(), "outputs": ["monitoring"]},
        }
        write_project(self.root, stages, extra=text)
        self.project = load_project(self.root)
        self.clock = ManualClock(START + WEEK + timedelta(hours=6))
        self.ledger = MemoryLedger(self.clock)
        self.place = LogPlace(self.project.layout.state)
        self.spool = Spool(self.place.spool)

    def version(self, held: Reference | None, **output: Any) -> int:
        """Register a version with a reference; return its number."""
        state = read_model(self.ledger, MODEL)
        number = len(state.versions) + 1
        folder = self.root / ".workbench" / f"model-{number}"
        folder.mkdir(parents=True)
        (folder / "model.txt").write_text(f"model {number}")
        if held is not None:
            held.write(folder)
        files = [{"path": f.path, "size": f.size, "sha256": f.sha256} for f in digest_folder(folder)]
        record = {
            "kind": "model",
            "fingerprint": f"{number:064d}",
            "uri": str(folder),
            "files": files,
            **output,
        }
        told: dict[str, Any] = {"metrics": {}, "parameters": {}, "inputs": {}, "tracking_id": None}
        events = tuple(register(state, record, run="r", stage="train", **told))
        self.ledger.append(Append(stream_of(MODEL), state.version, events))
        return number

    def answer(
        self,
        frame: pd.DataFrame,
        since: datetime,
        *,
        days: float = 7,
        version: int = 1,
        arm: str = "champion",
        columns: Sequence[tuple[str, str]] = COLUMNS,
        entity: Callable[[int], str | None] = lambda row: f"{row}",
        label: bool = True,
        caller: str | None = "tester",
        per: int = 20,
        prediction: Callable[[Mapping[Any, Any]], Any] = lambda row: row["score"],
    ) -> list[str]:
        """Log rows evenly over days, and their truths six hours later; return their ids."""
        moment = ManualClock(since)
        ids = RequestIds(moment)
        named: list[Any] = [_Column(name, kind) for name, kind in columns]
        encoder = RowEncoder(MODEL, version, named)
        step = timedelta(days=days) / max(len(frame), 1)
        found, rows = [], frame.to_dict("records")
        for first in range(0, len(rows), per):
            part = rows[first : first + per]
            request, at = ids.next()
            entities = [entity(first + place) for place in range(len(part))]
            values = [[row.get(name) for name, _ in columns] for row in part]
            answers = [prediction(row) for row in part]
            self.spool.append(encoder.encode(request, at, arm, caller, 900, entities, answers, values))
            keys = [f"{request}-{place}" for place in range(len(part))]
            found += keys
            if label:
                received = moment.now() + timedelta(hours=6)
                self.spool.append(
                    *(
                        encode_label(MODEL, row["late"], received=received, prediction_id=key)
                        for key, row in zip(keys, part, strict=True)
                        if row.get("late") == row.get("late")
                    )
                )
            moment.advance(step * len(part))
        return found

    def compact(self) -> None:
        """Put what was logged into the tables."""
        from workbench.ledger import open_leases

        self.spool.close()
        leases = open_leases(f"sqlite:///{self.root}/.workbench/leases.db", self.clock)
        Compactor(self.place, leases, "test").run_once()
        self.spool = Spool(self.place.spool)

    def look(self, **asked: Any) -> WindowReport:
        """Look at a window; the one that begins at START when nothing is asked."""
        asked.setdefault("since", START)
        now = asked.pop("now", START + 2 * WEEK)
        return look(self.project, self.ledger, MODEL, now=now, **asked)

    def close(self) -> None:
        """End the worker."""
        self.spool.close()


@dataclass(frozen=True)
class _Column:
    name: str
    kind: str


def one(report: WindowReport, kind: str, name: str, **of: Any) -> Check:
    """Return the one check of a kind and name."""
    found = [
        check
        for check in report.of(kind)
        if check.name == name and all(getattr(check, key) == value for key, value in of.items())
    ]
    assert len(found) == 1, f"{len(found)} checks {kind}/{name}: {[c.name for c in report.of(kind)]}"
    return found[0]


def doubtful(check: Check, *words: str) -> None:
    """Assert that a check has no answer, and says why."""
    assert check.verdict is DOUBT, (check.name, check.verdict, check.note)
    for word in words:
        assert word in check.note


def all_doubtful(report: WindowReport, *kinds: str) -> None:
    """Assert that every check of some kinds has no answer but a reason, and that there is one of each."""
    for kind in kinds:
        found = report.of(kind)
        assert found, kind
        for check in found:
            assert check.verdict is DOUBT, (kind, check.name, check.verdict)
            assert check.note, (kind, check.name)
