"""Registered versions of small models, in a project of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.registry.models import MODEL, make_project
from workbench.clock import Clock, SystemClock
from workbench.data.place import portable
from workbench.ledger import Append, open_ledger
from workbench.project import Project, load_project
from workbench.registry.model import read_model
from workbench.registry.registration import register
from workbench.registry.version import Version
from workbench.serving.model import ServedModel, load_served
from workbench.tracking.model_store import save_model
from workbench.tracking.trust import trust_of


def project_of(
    root: Path, *, task: str = "binary", extra: str = "", stores: str = "", trusted: str = ""
) -> Project:
    """Return a project whose model `delay` is of a task; `extra` is of `[models.delay.serving]`."""
    make_project(root, gates="", extra=stores)
    path = root / "workbench.toml"
    text = path.read_text().replace('task = "binary"', f'task = "{task}"')
    text = text.replace('metric = "log_loss"', f'metric = "{"mae" if task == "regression" else "log_loss"}"')
    if trusted:
        text = text.replace("target = ", f'trusted = ["{trusted}"]\ntarget = ')
    path.write_text(text + (f"\n[models.delay.serving]\n{extra}\n" if extra else ""))
    return load_project(root)


def version_of(project: Project, model: Any, example: Any, number: int = 1) -> Version:
    """Save a model and return it as a version that nobody has registered."""
    folder = project.root / "saved" / str(number)
    record = save_model(model, folder, example=example, name="candidate", trust=trust_of(project, MODEL))
    output = portable(record, project.root)
    at = datetime(2013, 1, 1, tzinfo=UTC)
    return Version(MODEL, number, record["fingerprint"], output, "r", "train", at, "ada@lab")


def served(root: Path, model: Any, example: Any, **declared: str) -> ServedModel:
    """Return a model as it would be served."""
    project = project_of(root, **declared)
    return load_served(version_of(project, model, example), project)


def rewritten(path: str, change: Callable[[bytes], bytes]) -> Callable[[Version, Project], Version]:
    """Return what changes a file and its record alike, as if it had been registered so."""

    def corrupt(version: Version, project: Project) -> Version:
        target = project.root / version.output["uri"] / path
        target.write_bytes(change(target.read_bytes()))
        content = target.read_bytes()
        own = {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        files = [own if file["path"] == path else file for file in version.output["files"]]
        return replace(version, output={**version.output, "files": files})

    return corrupt


def registered(project: Project, version: Version, *, run: str = "r", clock: Clock | None = None) -> int:
    """Write a version that a run made into the project's ledger; return the number that it got."""
    ledger = open_ledger(project.layout.ledger_url, clock or SystemClock())
    try:
        state = read_model(ledger, MODEL)
        events = register(
            state,
            {**version.output, "fingerprint": f"{version.fingerprint}-{len(state.versions)}"},
            run=run,
            stage="train",
            metrics={},
            parameters={},
            inputs={},
            tracking_id=None,
        )
        ledger.append(Append(f"model/{MODEL}", state.version, tuple(events)), actor="ada@lab")
        return max(read_model(ledger, MODEL).versions)
    finally:
        ledger.close()
