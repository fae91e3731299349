"""Cells to read signatures from."""

from __future__ import annotations

from typing import Any

from workbench.parameters import Signature, signature_of


def code(source: str, *tags: str) -> dict[str, Any]:
    """Return a code cell of format 4."""
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source, "outputs": []}


def declared(source: str) -> Signature:
    """Return the signature that a parameters cell declares."""
    return signature_of([code(source, "parameters")], where="train.ipynb")
