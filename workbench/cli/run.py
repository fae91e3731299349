"""`workbench run`, `resume` and `sweep`: everything that starts kernels."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.assignment import read_grid, read_overrides
from workbench.cli.options import Force, From, Json, Overrides, Pipeline, RunId, Until
from workbench.cli.output import open_console, print_json, print_next, to_json

if TYPE_CHECKING:
    from workbench.pipeline.executor import Executor as Place
    from workbench.pipeline.history import RunState
    from workbench.pipeline.reporter import Reporter
    from workbench.workspace import Workspace

Executor = Annotated[
    str, typer.Option("--executor", metavar="WHERE", help="Where kernels run: local, or dask://HOST:PORT.")
]
Grid = Annotated[
    list[str], typer.Option("--parameter", "-p", metavar="NAME=A,B,C", help="The values to try; repeatable.")
]


def run(
    *,
    pipeline: Pipeline = None,
    parameter: Overrides = [],  # noqa: B006 - Typer reads it and never changes it
    start: From = None,
    until: Until = None,
    force: Force = False,
    executor: Executor = "local",
    as_json: Json = False,
) -> int:
    """Run a pipeline; what is unchanged is reused.

    Exit code 0: every stage succeeded or was reused; 1: one failed; 3: a gate said no.
    """
    overrides = read_overrides(parameter)
    return _watch(
        lambda workspace, reporter, where: workspace.run(
            pipeline,
            overrides=overrides,
            start=start,
            until=until,
            force=force,
            executor=where,
            reporter=reporter,
        ),
        as_json,
        executor,
    )


def resume(
    run: RunId,
    redo: Annotated[
        bool, typer.Option("--redo", help="Make also anew what succeeded, where its code has changed since.")
    ] = False,
    executor: Executor = "local",
    as_json: Json = False,
) -> int:
    """Go on with a run after a failure or a crash.

    What failed, was lost or never began is run from its notebook as it is now, with the parameters of that
    run. What succeeded stays; where its code has changed since, that is told. The ledger keeps what was
    mended, and by whom.
    """
    return _watch(
        lambda workspace, reporter, where: workspace.resume(
            run, redo=redo, executor=where, reporter=reporter
        ),
        as_json,
        executor,
    )


def sweep(
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="A stage of the project.")],
    parameter: Grid = [],  # noqa: B006 - Typer reads it and never changes it
    executor: Executor = "local",
    as_json: Json = False,
) -> int:
    """Run a stage once per combination of parameters.

    The combinations run in parallel, on the inputs of the last committed run.
    """
    grid = read_grid(parameter)
    return _watch(
        lambda workspace, reporter, where: workspace.sweep(
            stage, grid=grid, executor=where, reporter=reporter
        ),
        as_json,
        executor,
    )


def _watch(work: Callable[[Workspace, Reporter, Place], RunState], as_json: bool, executor: str) -> int:
    from workbench.cli.champion import print_champions
    from workbench.cli.place import open_executor
    from workbench.cli.progress import progress
    from workbench.cli.report import next_steps, print_end
    from workbench.workspace import open_workspace

    console = None if as_json else open_console()
    with open_workspace() as workspace:
        with closing(open_executor(executor, workspace.project)) as where, progress(console) as reporter:
            state = work(workspace, reporter, where)
        if console is None:
            print_json(state)
        else:
            document = to_json(state)
            print_end(console, document)
            print_champions(console, workspace, document)
            print_next(console, *next_steps(document))
    return state.outcome.exit_code if state.outcome else 1
