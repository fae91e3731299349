"""What a launched run would do, and why, before it is launched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.pipeline.commits import Commits
from workbench.pipeline.expectation import Expectation
from workbench.project import load_project
from workbench.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.access import Person
    from workbench.insight.experiments.launch import LaunchRequest
    from workbench.insight.store import Store
    from workbench.pipeline.plan import Plan


def plan_launch(store: Store, person: Person, request: LaunchRequest) -> Plan:
    """Return what a run would do, from the project's files as they are now; nothing is started.

    It looks at every notebook, module and source, which may take seconds.

    Raises:
        AccessError: the person may not look.
        UsageError: something asked for is not what the project declares.
    """
    person.require("view")
    with Workspace(load_project(store.project.root), store.clock) as workspace:
        return workspace.plan(
            request.pipeline,
            overrides=request.parameters,
            start=request.start or None,
            until=request.until or None,
            force=request.force,
        )


def expect_stages(store: Store, person: Person, stages: Iterable[str]) -> dict[str, Expectation]:
    """Return what each stage will probably take, from what it took when it was last made.

    Raises:
        AccessError: the person may not look.
        StorageError: the ledger cannot be read.
    """
    person.require("view")
    commits = Commits(store.ledger)
    found = {stage: commits.latest(stage) for stage in stages}
    return {
        stage: Expectation(last.seconds, last.peak_memory_bytes, last.cells) if last else Expectation()
        for stage, last in found.items()
    }
