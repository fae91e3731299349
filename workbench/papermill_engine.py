"""`papermill --engine workbench`: a notebook executed by Papermill's own command line becomes a run."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from papermill.engines import Engine

from workbench.errors import RejectedError, UnknownNameError, WorkbenchError
from workbench.pipeline.outcome import Outcome
from workbench.project import Project
from workbench.workspace import open_workspace


class WorkbenchEngine(Engine):  # type: ignore[misc]
    """Records the notebook as a run of its project; the outcome is the run's, not the file's."""

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str,  # noqa: ARG003 - a run chooses its kernel
        output_path: str | None = None,
        *,
        input_path: str | None = None,
        **_: Any,
    ) -> NotebookNode:
        """Run the stage that this notebook is, with the parameters that Papermill injected.

        Raises:
            UnknownNameError: the notebook is no stage of the project around it.
            WorkbenchError: the run did not succeed and left no error in the notebook for Papermill to raise.
        """
        if not isinstance(input_path, str) or not Path(input_path).exists():
            raise WorkbenchError(
                f"The engine needs the path of a notebook file, but got {input_path!r}.",
                hint="Name a notebook of a project: papermill --engine workbench NOTEBOOK.ipynb OUT.ipynb",
            )
        notebook = Path(input_path).resolve()
        with open_workspace(notebook.parent) as workspace:
            stage = _stage_of(workspace.project, notebook)
            state = workspace.run_stage(stage, _injected(nb), reason="executed by papermill")
        entry = state.entries[stage]
        if entry.notebook is None:
            raise WorkbenchError(f"Run {state.run} could not begin: {state.reason}.")
        executed = nbformat.read(entry.notebook, as_version=4)
        executed.metadata["papermill"] = nb.metadata.get("papermill", {})
        if state.outcome is not Outcome.SUCCEEDED:
            if output_path:
                nbformat.write(executed, output_path)
            kind = RejectedError if state.outcome is Outcome.REJECTED else WorkbenchError
            how = state.outcome.verb if state.outcome else "did not end"
            raise kind(f"Run {state.run} {how}: {entry.reason}.", hint=f"See: workbench show {state.run}")
        return executed


def _stage_of(project: Project, notebook: Path) -> str:
    for name, config in project.config.stages.items():
        if notebook.samefile(project.root / config.notebook):
            return name
    known = [str(config.notebook) for config in project.config.stages.values()]
    raise UnknownNameError(
        "stage's notebook",
        str(notebook),
        known,
        hint="Declare it under [stages.NAME] in workbench.toml, or leave --engine workbench out.",
    )


def _injected(nb: NotebookNode) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for cell in nb.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    values[node.targets[0].id] = _value(node.value)
    return values


def _value(node: ast.expr) -> Any:
    """Return what Papermill wrote; fractions as text, since they may be meant as exact decimals."""
    try:
        value = ast.literal_eval(node)
    except ValueError:  # float('nan')
        return ast.unparse(node)
    return repr(value) if isinstance(value, float) else value
