"""A sample of a stage's inputs, and the parameters that make it cheap."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from workbench.data import Datasets, stage_table
from workbench.project import Project


def reduced(project: Project) -> Project:
    """Return the project with each stage's smoke parameters in place of its own."""
    stages = {
        name: stage.model_copy(update={"parameters": {**stage.parameters, **stage.smoke.parameters}})
        for name, stage in project.config.stages.items()
    }
    return Project(project.root, project.config.model_copy(update={"stages": stages}))


def sampled(
    project: Project, stage: str, records: Mapping[str, dict[str, Any]], folder: Path
) -> dict[str, Any]:
    """Return a stage's inputs, its tables cut down to what `smoke` in workbench.toml says.

    The rows are evenly spread over the table and keep their order, so time and entities keep theirs.

    Args:
        project: says how many rows.
        stage: whose inputs they are.
        records: located.
        folder: for the samples; throw-away.
    """
    smoke = project.stage(stage).smoke
    made = dict(records)
    for name, record in records.items():
        rows = record.get("rows")
        if record["kind"] in ("dataset", "source") and name not in smoke.whole and rows and rows > smoke.rows:
            made[name] = _sample(project, record, smoke.rows, folder / f"inputs of {stage}" / name)
    return made


def _sample(project: Project, record: Mapping[str, Any], rows: int, folder: Path) -> dict[str, Any]:
    import numpy as np

    table = Datasets(project.layout.data).read(cast(Any, record), as_="arrow")
    places = np.unique(np.linspace(0, table.num_rows - 1, rows).round().astype("int64"))
    folder.mkdir(parents=True, exist_ok=True)
    return {**stage_table(table.take(places), folder, record["name"]), "uri": str(folder)}
