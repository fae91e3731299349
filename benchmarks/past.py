"""A project with a long past, written straight into its ledger and its prediction log.

Ten thousand runs, two hundred versions of a model, a window of fifty columns for every day of two years,
and ten million predictions: events as the workbench writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.monitor import MODEL, WEEKS
from benchmarks.monitor import log as write_log
from tests.projects import notebook, write_project
from workbench.clock import ManualClock
from workbench.ledger import Append, Ledger, NewEvent, open_ledger
from workbench.monitoring.finding import Check, WindowReport
from workbench.pipeline.fingerprint import Fingerprint
from workbench.project import Project, load_project
from workbench.registry.verdict import Verdict

RUNS, VERSIONS, DAYS, COLUMNS = 10_000, 200, 730, 50
END = datetime(2013, 12, 30, tzinfo=UTC)
_BEGIN = END - timedelta(days=DAYS)
_STAGES = ("ingest", "features", "train", "evaluate")
_PEOPLE = ("ada@desk", "grace@desk", "schedule nightly")
_BINS = 20
_DECLARED = f"""
[models.{MODEL}]
task = "binary"
target = "late"
metric = "auc"
trained_by = "train"
description = "Will it be late?"
promotion = {{ policy = "one-approval" }}

[models.{MODEL}.gates]
quality = {{ metric = "auc", at_least = 0.7 }}
"""


def write_past(root: Path, *, weeks: int = WEEKS) -> Project:
    """Write the project and its past.

    Args:
        root: its folder, made if need be.
        weeks: of the prediction log, about 192,000 rows each.
    """
    stages: dict[str, dict[str, object]] = {
        name: {"notebook": notebook(), "outputs": [f"{name}_out"]} for name in _STAGES
    }
    project = load_project(write_project(root, stages, extra=_DECLARED))
    clock = ManualClock(_BEGIN)
    ledger = open_ledger(project.layout.ledger_url, clock)
    random = np.random.default_rng(0)
    versions = _versions()
    for day in range(DAYS):
        clock.advance(timedelta(days=1))
        numbers = range(RUNS * day // DAYS, RUNS * (day + 1) // DAYS)
        ledger.append(*(_run(number, random) for number in numbers), actor=_PEOPLE[day % len(_PEOPLE)])
        if VERSIONS * (day + 1) // DAYS > VERSIONS * day // DAYS:
            _append(ledger, f"model/{MODEL}", next(versions))
        _append(ledger, f"monitoring/{MODEL}", [_window(clock.now(), random)])
    _append(ledger, f"alert/{MODEL}", [_alert()])
    ledger.close()
    write_log(project, range(weeks))
    return project


def write_runs(ledger: Ledger, count: int) -> None:
    """Write so many runs and nothing else."""
    random = np.random.default_rng(0)
    for begin in range(0, count, 100):
        appends = (_run(number, random) for number in range(begin, min(begin + 100, count)))
        ledger.append(*appends, actor=_PEOPLE[begin // 100 % len(_PEOPLE)])


def _append(ledger: Ledger, stream: str, events: Any) -> None:
    if events:
        ledger.append(Append(stream, ledger.version(stream), tuple(events)), actor=_PEOPLE[0])


def _run(number: int, random: np.random.Generator) -> Append:
    run = f"{number:05}-{sha256(str(number).encode()).hexdigest()[:8]}"
    parameters = {
        "train": {
            "learning_rate": round(float(random.uniform(0.01, 0.3)), 3),
            "leaves": int(random.integers(8, 128)),
            "objective": str(random.choice(["binary", "cross_entropy"])),
        },
        "features": {"horizon_minutes": int(random.choice([60, 120, 180]))},
    }
    entries = [{"name": name, "stage": name, "parameters": parameters.get(name, {})} for name in _STAGES]
    outcome = "failed" if number % 17 == 0 else "succeeded"
    events = [
        NewEvent(
            "run.started",
            {
                "run": run,
                "pipeline": ("main", "nightly", "stage train")[number % 3],
                "request": {"pipeline": "main"},
                "entries": entries,
                "git": {"commit": f"{number % 40:040x}", "dirty": number % 5 == 0},
                "reason": "schedule nightly" if number % 3 == 1 else "asked for",
            },
            "main",
        )
    ]
    for name in _STAGES:
        is_last = name == _STAGES[-1]
        events += _attempt(run, name, outcome if is_last else "succeeded", random)
    events.append(
        NewEvent("run.ended", {"run": run, "outcome": outcome, "reason": "", "seconds": 61.0}, "main")
    )
    return Append(f"run/{run}", 0, tuple(events))


def _attempt(run: str, name: str, outcome: str, random: np.random.Generator) -> Iterator[NewEvent]:
    metrics = {"rows": 336_776.0}
    if name in ("train", "evaluate"):
        auc = float(random.normal(0.74, 0.02))
        metrics |= {"auc": auc, "log_loss": 1.2 - auc, "brier": 0.9 - auc}
    begun = {"entry": name, "attempt": 1, "inputs": {}, "fingerprint": "f" * 64, "folder": "/nowhere"}
    yield NewEvent("attempt.started", begun, name)
    ended = {
        "run": run,
        "entry": name,
        "stage": name,
        "attempt": 1,
        "outcome": outcome,
        "reason": "" if outcome == "succeeded" else "ValueError: columns differ",
        "seconds": float(random.gamma(4, 4)),
        "cpu_seconds": float(random.gamma(4, 3)),
        "peak_memory_bytes": int(random.integers(2, 9)) * 10**8,
        "error": None,
        "tracking_id": None,
        "metrics": metrics,
    }
    yield NewEvent("attempt.ended", ended, name)
    if outcome == "succeeded":
        output = {
            "kind": "dataset",
            "name": f"{name}_out",
            "fingerprint": run * 4,
            "rows": 1000,
            "version": 1,
        }
        committed = {
            "run": run,
            "entry": name,
            "stage": name,
            "attempt": 1,
            "finish": None,
            "outputs": {f"{name}_out": output},
            "metrics": metrics,
            "fingerprint": Fingerprint().to_dict(),
            "cells": [[2, 0.025], [3, 4.2]],
        }
        yield NewEvent("entry.committed", committed, name, "f" * 64)


def _versions() -> Iterator[list[NewEvent]]:
    """Give the events of one version after another: registered, judged, each tenth promoted."""
    champion = None
    for number in range(1, VERSIONS + 1):
        output = {
            "kind": "model",
            "fingerprint": f"{number:064x}",
            "uri": "/nowhere",
            "files": [],
            "stored": "text",
        }
        evidence = {"metric": "auc", "rows": 23_611, "value": 0.74}
        rule = {"kind": "quality", "metric": "auc", "at_least": 0.7, "at_most": None}
        gate = {"name": "quality", "kind": "quality", "verdict": "pass", "rule": rule, "against": False}
        gate |= {"summary": "auc 0.74, must be at least 0.7", "evidence": evidence}
        events = [
            _model(
                "version.registered",
                version=number,
                fingerprint=f"{number:064x}",
                output=output,
                run=f"r{number}",
                stage="train",
                metrics={"auc": 0.74},
                parameters={},
                inputs={},
                tracking_id=None,
            ),
            _model(
                "version.evaluated",
                version=number,
                gates=[gate],
                verdict="pass",
                against=champion,
                data={},
                run=f"r{number}",
            ),
        ]
        if number % 10 == 1:
            moved = {"alias": "champion", "before": champion, "after": number, "why": "promotion"}
            events.append(_model("alias.moved", promotion=None, reason="better", **moved))
            champion = number
        yield events


def _model(kind: str, **data: Any) -> NewEvent:
    return NewEvent(kind, {"model": MODEL, **data}, MODEL)


def _window(now: datetime, random: np.random.Generator) -> NewEvent:
    checks = [_drift(place, random) for place in range(COLUMNS)]
    auc = float(random.normal(0.73, 0.01))
    by_block = [[15_000 + place, 900, round(auc, 6)] for place in range(7)]
    blocks = {"blocks": 7, "rows": 27_000, "reference": 0.74, "by_block": by_block}
    checks += [
        Check(
            "performance",
            "auc",
            Verdict.PASS,
            "",
            auc,
            auc - 0.02,
            auc + 0.02,
            0.6,
            "block bootstrap",
            evidence=blocks,
        ),
        Check(
            "estimate", "auc", Verdict.PASS, "", auc, auc - 0.03, auc + 0.03, 0.6, "confidence-based estimate"
        ),
        Check("service", "rows", Verdict.PASS, "1142 an hour", 27_400.0),
    ]
    since = now - timedelta(days=1)
    versions = ({"version": 191, "arm": "champion", "rows": 27_400},)
    report = WindowReport(MODEL, since, now, now, 27_400, 27_000, versions, 191, tuple(checks))
    return NewEvent("window.judged", {"model": MODEL, "run": "00001-x", "report": report.to_dict()}, MODEL)


def _drift(place: int, random: np.random.Generator) -> Check:
    reference = random.dirichlet(np.full(_BINS, 4.0)).round(4)
    window = random.dirichlet(np.full(_BINS, 4.0)).round(4)
    value = float(random.gamma(2, 0.02))
    evidence = {
        "kind": "numbers",
        "edges": np.linspace(0, 100, _BINS + 1).round(4).tolist(),
        "means": [50.2, 49.1],
        "reference": reference.tolist(),
        "window": window.tolist(),
        "rows": 27_400,
        "blocks": 24,
        "missing": 0.0,
        "missing_reference": 0.0,
        "p": 0.42,
        "adjusted": 0.58,
    }
    verdict = Verdict.FAIL if value > 0.1 else Verdict.PASS
    note = "mean 49.1, 50.2 in the reference"
    return Check(
        "drift",
        f"column_{place:02}",
        verdict,
        note,
        value,
        limit=0.1,
        method="wasserstein",
        evidence=evidence,
    )


def _alert() -> NewEvent:
    fired = {
        "alert": "drift-1",
        "rule": "drift",
        "severity": "warning",
        "model": MODEL,
        "since": (END - timedelta(days=2)).isoformat(),
        "until": END.isoformat(),
        "windows": 2,
        "run": "00001-x",
        "checks": [],
        "cause": {},
    }
    return NewEvent("alert.fired", fired, MODEL)
