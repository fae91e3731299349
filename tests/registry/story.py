"""A run as the ledger keeps it: data were made, a model was trained on them, judged and asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.registry.models import MODEL, Runs, candidate, gates, make_project
from workbench.ledger import Append, Ledger, NewEvent

RUN = "20130101-000000-0001"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def dataset(name: str, fingerprint: str, rows: int = 10) -> dict[str, Any]:
    """Return the record of a dataset's first version."""
    return {
        "kind": "dataset",
        "name": name,
        "fingerprint": fingerprint,
        "version": 1,
        "rows": rows,
        "files": [],
    }


class Story(Runs):
    """Writes what the runner writes beside what the registry adds."""

    def __init__(self, root: Path, ledger: Ledger, *, policy: str = "four-eyes", extra: str = "") -> None:
        super().__init__(make_project(root, policy=policy, extra=extra), ledger)
        self.run = RUN
        git = {"commit": "c0ffee" * 6, "dirty": True}
        stages = {"ingest": "ingest", "prepare": "train", "train": "train", "evaluate": "evaluate"}
        entries = [{"name": name, "stage": stage, "parameters": {}} for name, stage in stages.items()]
        begun = {"run": RUN, "git": git, "entries": entries, "pipeline": "main", "request": {}}
        self.write("run.started", {**begun, "reason": "asked for"})
        self.commit("ingest", ["import pandas", "read()"], saved={"raw": dataset("raw", "f0", 12)})
        raw = {"raw": dataset("raw", "f0", 12)}
        features = {"features": dataset("features", "f1")}
        self.commit("train", ["trees = 10"], reads=raw, saved=features, entry="prepare")
        self.commit(
            "train", ["trees = 10", "fit(<b>)"], reads=features, saved={"candidate": candidate("a")},
            parameters={"trees": 10, "train_until": "2013-10-31"}, metrics={"rows": 8.0},
        )  # fmt: skip
        self.end(
            "train",
            outputs={"candidate": candidate("a")},
            inputs=features,
            parameters={"trees": 10, "train_until": "2013-10-31"},
            metrics={"rows": 8.0},
        )

    def judge(self, results: Sequence[dict[str, Any]] | None = None) -> None:
        """Let the stage `evaluate` judge the candidate; the registry's event follows its end."""
        metrics = {
            "auc": 0.8,
            "log_loss": 0.4,
            "logistic_auc": 0.75,
            "logistic_log_loss": 0.5,
            "seconds": 3.0,
        }
        reads = {"candidate": candidate("a"), "features": dataset("features", "f1")}
        self.commit("evaluate", ["wb.check()"], reads=reads, metrics=metrics, figures=("roc",))
        self.evaluate("a", list(gates() if results is None else results))

    def commit(
        self,
        stage: str,
        cells: Sequence[str],
        *,
        reads: Mapping[str, dict[str, Any]] | None = None,
        saved: Mapping[str, dict[str, Any]] | None = None,
        parameters: Mapping[str, Any] | None = None,
        metrics: Mapping[str, float] | None = None,
        figures: Sequence[str] = (),
        entry: str = "",
    ) -> None:
        """Write an attempt's end with its commit, and its figures."""
        folder = self.project.layout.attempt(RUN, entry or stage, 1) / "figures"
        folder.mkdir(parents=True)
        for name in figures:
            (folder / f"{name}.png").write_bytes(PNG)
        common = {"run": RUN, "entry": entry or stage, "stage": stage, "attempt": 1, "metrics": metrics or {}}
        code = [
            {"index": n, "digest": "d" * 64, "first_line": line, "tags": []}
            for n, line in enumerate(cells, 2)
        ]
        inputs = {
            name: {key: record.get(key) for key in ("kind", "fingerprint", "version", "rows")}
            for name, record in (reads or {}).items()
        }
        prints = {
            "digest": "e" * 64, "code": code, "parameters": parameters or {}, "inputs": inputs,
            "modules": {"shop/fit.py": "m" * 64}, "environment": {"python": "3.11", "lock:numpy": "2"},
            "outputs": sorted(saved or {}),
        }  # fmt: skip
        began = {**common, "inputs": inputs, "fingerprint": prints["digest"], "folder": str(folder.parent)}
        self.write("attempt.started", began, stage)
        ended = {
            "outcome": "succeeded", "reason": "", "seconds": 1.0, "cpu_seconds": 1.0, "error": None,
            "peak_memory_bytes": 1, "tracking_id": None,
        }  # fmt: skip
        self.write("attempt.ended", {**common, **ended}, stage)
        made = {**common, "fingerprint": prints, "outputs": saved or {}, "finish": None}
        self.write("entry.committed", made, stage)

    def write(self, kind: str, data: Mapping[str, Any], subject: str = "main") -> None:
        """Append one event of the run."""
        stream = f"run/{RUN}"
        event = NewEvent(kind, dict(data), subject=subject)
        self.ledger.append(Append(stream, self.ledger.version(stream), (event,)), actor=self.actor)

    @property
    def reference(self) -> str:
        """The version that the story is of."""
        return f"{MODEL}/1"
