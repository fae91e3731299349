from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.insight.experiments.past import PARAMETERS, SCIENTIST, VIEWER, Past, person
from tests.projects import notebook, write_project
from workbench.access import Role, set_role
from workbench.clock import system_clock
from workbench.errors import AccessError, UsageError
from workbench.insight import Store
from workbench.insight.experiments import (
    LaunchRequest,
    Progress,
    check_launch,
    launch,
    launch_form,
    launches,
    open_here,
    opens_here,
    progress,
    run_detail,
)
from workbench.project import load_project
from workbench.workspace import open_workspace

_PATIENCE = 120.0


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Store]:
    """The store of a project whose one stage runs at once."""
    made = notebook(
        "import workbench as wb\nstage = wb.stage('train')\nstage.log_metrics({'rate': rate})",
        parameters=PARAMETERS,
    )
    root = write_project(tmp_path / "live", {"train": {"notebook": made}}, runner="warm = false\n")
    store = Store(load_project(root), system_clock(), every=0.0, patience=20.0)
    store.refresh()
    yield store
    store.close()


def test_the_form_has_each_parameter_in_its_own_kind(past: Past) -> None:
    form = launch_form(past.store, SCIENTIST)
    assert dict(form.pipelines) == {"main": ("train", "evaluate")}
    kinds = {field.name: (field.kind, field.value) for field in form.fields["train"]}
    assert kinds == {
        "rate": ("number", "0.05"),
        "kind": ("choice", "plain"),
        "until": ("day", "2013-02-28"),
        "seed": ("text", "None"),
        "quick": ("switch", "true"),
    }
    rate = form.fields["train"][0]
    assert (rate.most, rate.help, rate.key) == (1, "shrinkage", "train.rate")


def test_what_the_form_says_is_what_the_command_line_takes(past: Past) -> None:
    form = launch_form(past.store, SCIENTIST)
    given = {field.name: field.value for field in form.fields["train"]}
    check_launch(past.store, SCIENTIST, LaunchRequest("main", {"train": given}))


@pytest.mark.parametrize(
    "request_",
    [
        LaunchRequest("main", {"train": {"rate": "7"}}),
        LaunchRequest("main", {"train": {"rate": "fast"}}),
        LaunchRequest("main", {"train": {"speed": "1"}}),
        LaunchRequest("main", {"nothing": {"rate": "1"}}),
        LaunchRequest("--help"),
        LaunchRequest("main", start="--force"),
    ],
)
def test_what_the_project_does_not_declare_is_refused_before_anything_starts(
    past: Past, request_: LaunchRequest
) -> None:
    with pytest.raises(UsageError):
        launch(past.store, SCIENTIST, request_)
    assert launches(past.store, SCIENTIST) == ()


def test_who_may_only_look_launches_nothing(past: Past) -> None:
    for act in (
        lambda: launch(past.store, VIEWER, LaunchRequest("main")),
        lambda: check_launch(past.store, VIEWER, LaunchRequest("main")),
        lambda: launch_form(past.store, VIEWER),
        lambda: launches(past.store, VIEWER),
    ):
        with pytest.raises(AccessError, match="scientist"):
            act()


def test_a_launched_run_stands_under_the_persons_name(live: Store) -> None:
    grace = person(Role.SCIENTIST, "grace")
    launched = launch(live, grace, LaunchRequest("main", {"train": {"rate": "0.25"}}))
    found = _ended(live, launched)
    assert found.code == 0, found.said
    assert found.run is not None
    assert found.run.actor.startswith("grace@dashboards via ")
    assert found.run.parameters["train.rate"] == 0.25
    assert run_detail(live, VIEWER, found.run.id).stages[0].metrics == {"rate": 0.25}


def _ended(store: Store, launched: object) -> Progress:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        store.refresh()
        found = progress(store, SCIENTIST, launched)  # type: ignore[arg-type]
        if found.code is not None and (found.run is None or found.run.outcome is not None):
            return found
        time.sleep(0.1)
    raise AssertionError("the run did not end")


def test_a_stage_is_opened_from_a_page_only_where_nobody_signs_in(tmp_path: Path) -> None:
    """Its sessions would be those of who runs the server."""
    made = notebook("import workbench as wb\nstage = wb.stage('train')\nassert False, 'not yet'")
    root = write_project(tmp_path / "mended", {"train": {"notebook": made}}, runner="warm = false\n")
    with open_workspace(root) as workspace:
        failed = workspace.run()
    with closing(Store(load_project(root), system_clock(), every=0.0, patience=20.0)) as store:
        store.refresh()
        assert opens_here(store, SCIENTIST)
        assert not opens_here(store, VIEWER)
        opened = open_here(store, SCIENTIST, failed.run, "train")
        assert opened.notebook == "notebooks/train.ipynb"
        assert any(failed.run in line for line in opened.words)
        set_role(root, "somebody", Role.ADMIN)
        assert not opens_here(store, SCIENTIST)
        with pytest.raises(AccessError, match="for several people"):
            open_here(store, SCIENTIST, failed.run, "train")
