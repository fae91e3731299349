"""Messy notebooks made on the spot, and what adopting them proposes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.projects import cell, notebook, write_notebook
from workbench.adopt import Proposal, Wish, propose
from workbench.project import load_project

NOTEBOOKS = Path(__file__).with_name("notebooks")


def write_messy(path: Path, *sources: str | dict[str, object], counts: Sequence[int | None] = ()) -> Path:
    """Write a notebook of code cells, with execution counts."""
    cells: list[dict[str, object]] = [s if isinstance(s, dict) else cell(s) for s in sources]
    for made, count in zip(cells, counts, strict=False):
        made["execution_count"] = count
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    write_notebook(
        path, {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 4}
    )
    return path


def shop(folder: Path) -> Path:
    """Write a project of one stage and some data files."""
    root = folder.resolve()
    write_notebook(root / "notebooks" / "make.ipynb", notebook("1"))
    (root / "workbench.toml").write_text(
        "[project]\nname = 'shop'\n\n"
        "[stages.make]\nnotebook = 'notebooks/make.ipynb'\noutputs = ['table']\n\n"
        "[pipelines.main]\nstages = ['make']\ndefault = true\n"
    )
    (root / "data").mkdir()
    (root / "data" / "orders.csv").write_text("a,b\n1,2\n")
    return root


def adopted(
    root: Path,
    *sources: str | dict[str, object],
    at: str = "analysis/messy.ipynb",
    counts: Sequence[int | None] = (),
    **wishes: Any,
) -> Proposal:
    """Propose a notebook of these cells, written at a place in the project."""
    path = write_messy(root / at, *sources, counts=counts)
    return propose(path, load_project(root), Wish(**wishes))


def code(proposal: Proposal) -> list[str]:
    """Return the code cells of the proposed notebook, without those that only a stage has."""
    own = [c["source"] for c in proposal.adopted["cells"] if c["cell_type"] == "code"][2:]
    return own[:-1] if proposal.outputs else own


def write_data(folder: Path) -> None:
    """Write the files that the three messy notebooks read."""
    folder.mkdir()
    draw, count = np.random.default_rng(0), 200
    customers = {
        "customer": [f"C{number:04}" for number in range(count)],
        "joined": pd.date_range("2020-01-01", periods=count),
        "tenure": draw.integers(0, 100, count),
        "charges": np.where(draw.random(count) < 0.05, np.nan, draw.normal(60, 20, count).clip(5)),
        "churned": draw.integers(0, 2, count),
    }
    pd.DataFrame(customers).to_csv(folder / "customers.csv", index=False)
    hours = np.arange(24 * 8)
    meters = pd.DataFrame({"hour": hours, "kwh": draw.normal(9, 1, len(hours))})
    meters.to_csv(folder / "meters.csv", index=False)
    weather = pd.DataFrame({"hour": hours, "temperature": draw.normal(10, 5, len(hours))})
    weather.to_csv(folder / "weather.csv", index=False, sep=";")
    pd.DataFrame({"station": ["a", "b"]}).to_json(folder / "stations.json")
    connection = sqlite3.connect(folder / "tariffs.db")
    pd.DataFrame({"price": [0.2, 0.3]}).to_sql("tariffs", connection, index=False)
    connection.close()
