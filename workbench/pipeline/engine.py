"""The Papermill engine that every attempt goes through; it owns all saving and judges nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from nbformat import NotebookNode
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook

from workbench.pipeline.session import Session, SessionEnd

_NAME = "workbench-attempt"


class AttemptEngine(Engine):  # type: ignore[misc]
    """Hands the notebook to a session under a watchdog, and the session's end to whoever asked."""

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str,  # noqa: ARG003 - the session knows its kernel
        output_path: str | None = None,  # noqa: ARG003 - nothing is saved by Papermill
        *,
        session: Callable[[NotebookNode], Session],
        receive: Callable[[SessionEnd], None],
        **_: Any,
    ) -> NotebookNode:
        """Execute the notebook and pass on what was observed."""
        receive(session(nb).run())
        return NotebookNode(nb, cells=list(nb.cells))  # Papermill puts error markers among the cells


papermill_engines.register(_NAME, AttemptEngine)


def execute(
    notebook: NotebookNode, session: Callable[[NotebookNode], Session], kernel_name: str
) -> SessionEnd:
    """Execute a prepared notebook through Papermill and return what was observed."""
    ends: list[SessionEnd] = []
    # Papermill judges by the file's outputs; the session's end says what was observed
    with contextlib.suppress(PapermillExecutionError):
        execute_notebook(
            notebook,
            None,
            engine_name=_NAME,
            kernel_name=kernel_name,
            progress_bar=False,
            session=session,
            receive=ends.append,
        )
    return ends[0]
