"""Does what was proposed: the notebook and the declaration, both or neither."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.adopt.proposal import Proposal
from workbench.errors import ConflictError, StorageError, UsageError
from workbench.notebook_file import notebook_text, replace_file
from workbench.project import load_project
from workbench.root import FILE


def write(proposal: Proposal) -> None:
    """Write the stage's notebook and declare it.

    Raises:
        UsageError: somebody has to act first, or what was proposed is no valid project.
        ConflictError: `workbench.toml`, or the notebook's place, changed since it was proposed.
        StorageError: something cannot be written; nothing was kept.
    """
    if proposal.blocking:
        first = proposal.blocking[0]
        raise UsageError(f"Cell {first.cell} {first.text}.", hint=first.todo)
    file = proposal.root / FILE
    before = _unchanged(proposal, file)
    try:
        replace_file(proposal.target, _notebook_text(proposal.adopted))
        replace_file(file, proposal.declared)
        load_project(proposal.root)
    except BaseException as error:
        _restore(proposal.target, before)
        _restore(file, proposal.toml)
        if isinstance(error, OSError):
            raise StorageError(
                f"The stage cannot be written: {error.strerror or error}. Nothing was kept.",
                hint="Check who may write there and how much room is left.",
                store=str(proposal.target),
            ) from error
        raise


def _unchanged(proposal: Proposal, file: Path) -> str | None:
    """Return what stands at the notebook's place now; refuse what would be lost."""
    there = proposal.target.read_bytes().decode() if proposal.target.exists() else None
    moved = there is not None and proposal.target != proposal.source
    if moved or file.read_bytes().decode() != proposal.toml:
        what = proposal.target if moved else file
        raise ConflictError(
            f"{what} changed after the change was proposed. Nothing was written.",
            hint="Look at it, and adopt the notebook again.",
            stream=str(what),
            expected="unchanged",
            actual="changed",
        )
    return there


def _notebook_text(document: Mapping[str, Any]) -> str:
    cells = [{**cell, "source": cell["source"].splitlines(keepends=True)} for cell in document["cells"]]
    return notebook_text({**document, "cells": cells})


def _restore(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
    elif path.read_bytes().decode() != text:
        replace_file(path, text)
