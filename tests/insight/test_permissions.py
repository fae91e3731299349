"""Every function that needs more than a look, for every role, on a real project: as `PERMISSIONS` says.

They are found by what they ask; one that has no case here fails.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import workbench.insight.deployments.actions
import workbench.registry.registry
from tests.insight.deployments.deployed import Deployed
from tests.insight.experiments.past import Past
from tests.insight.scene import Scene
from tests.insight.test_actions import functions_with_a_person
from tests.registry.models import MODEL
from workbench.access import PERMISSIONS, Person, Role
from workbench.errors import AccessError
from workbench.insight import Store, deployments
from workbench.insight.drift.alerts import (
    acknowledge,
    acknowledge_consequence,
    resolve,
    resolve_consequence,
)
from workbench.insight.experiments import LaunchRequest, RunQuery, group_runs, launch_form
from workbench.insight.experiments.launch import check_launch, launch, launches, progress, stop
from workbench.insight.experiments.opened import open_here, open_in_session
from workbench.ledger import Append, Ledger, NewEvent
from workbench.registry.deployment import SHADOWED

ADMIN = Person("root", Role.ADMIN, "root@desk")
WHY = "to see who may"


@dataclass(frozen=True)
class World:
    """A project in which something can be done."""

    store: Store
    ledger: Ledger
    held: Any = None


@dataclass(frozen=True)
class Case:
    """A function: what it needs, where it is tried, how it is called, whether the ledger must hold it."""

    permission: str
    world: Callable[[Path], Any]
    call: Callable[[World, Person], Any]
    writes: bool = True


@contextmanager
def _shop(root: Path) -> Iterator[World]:
    """Version 1 is champion, version 2 challenges it, and version 3 is a shadow and waits for an approval."""
    shop = Deployed(root)
    shop.candidate("a")
    deployments.approve(shop.store, ADMIN, MODEL, 1, reason=WHY)
    shop.candidate("b")
    deployments.reject(shop.store, ADMIN, MODEL, 2, reason=WHY)
    deployments.promote(shop.store, ADMIN, MODEL, 2, to="challenger", traffic=0.1, reason=WHY)
    shop.candidate("c")
    stream, event = f"model/{MODEL}", NewEvent(SHADOWED, {"version": 3, "reason": WHY}, subject=MODEL)
    shop.ledger.append(Append(stream, shop.ledger.version(stream), (event,)), actor=ADMIN.actor)
    shop.look()
    yield World(shop.store, shop.ledger)
    shop.close()


@contextmanager
def _alerted(root: Path) -> Iterator[World]:
    """An alert is open."""
    scene = Scene(root)
    scene.all()
    store = Store(scene.project, scene.clock, every=0.0, patience=20.0)
    store.refresh(wait=20)
    yield World(store, scene.ledger)
    store.close()
    scene.close()


@contextmanager
def _launched(root: Path) -> Iterator[World]:
    """A run may be launched, and one was."""
    past = Past(root)
    past.run("a")
    past.store.refresh(wait=20)
    launched = launch(past.store, ADMIN, LaunchRequest("main"))
    yield World(past.store, past.ledger, launched)
    for each in launches(past.store, ADMIN):
        each.launched.process.kill()
        each.launched.process.wait()
    past.store.close()
    past.ledger.close()


def _launch(world: World, person: Person) -> None:
    found = launch(world.store, person, LaunchRequest("main"))
    assert person.actor in found.actor
    found.process.kill()
    found.process.wait()


CASES = {
    "deployments.actions.propose": Case(
        "propose", _shop, lambda w, p: deployments.propose(w.store, p, MODEL, 2, reason=WHY)
    ),
    "deployments.actions.approve": Case(
        "approve", _shop, lambda w, p: deployments.approve(w.store, p, MODEL, 4, reason=WHY)
    ),
    "deployments.actions.reject": Case(
        "reject", _shop, lambda w, p: deployments.reject(w.store, p, MODEL, 4, reason=WHY)
    ),
    "deployments.actions.promote": Case(
        "promote", _shop, lambda w, p: deployments.promote(w.store, p, MODEL, 3, reason=WHY)
    ),
    "deployments.actions.set_traffic": Case(
        "traffic", _shop, lambda w, p: deployments.set_traffic(w.store, p, MODEL, 0.5, reason=WHY)
    ),
    "deployments.actions.roll_back": Case(
        "rollback", _shop, lambda w, p: deployments.roll_back(w.store, p, MODEL, reason=WHY)
    ),
    "deployments.actions.withdraw": Case(
        "rollback", _shop, lambda w, p: deployments.withdraw(w.store, p, MODEL, reason=WHY)
    ),
    "deployments.actions.remove_shadow": Case(
        "traffic", _shop, lambda w, p: deployments.remove_shadow(w.store, p, MODEL, 3, reason=WHY)
    ),
    "drift.alerts.acknowledge": Case(
        "acknowledge", _alerted, lambda w, p: acknowledge(w.store, p, "drift-1", reason=WHY)
    ),
    "drift.alerts.resolve": Case(
        "acknowledge", _alerted, lambda w, p: resolve(w.store, p, "drift-1", reason=WHY)
    ),
    "experiments.launch.launch": Case("launch", _launched, _launch, writes=False),
    "experiments.launch.check_launch": Case(
        "launch",
        _launched,
        lambda w, p: check_launch(w.store, p, LaunchRequest("main")),
        writes=False,
    ),
    "experiments.launch.launches": Case("launch", _launched, lambda w, p: launches(w.store, p), writes=False),
    "experiments.launch.progress": Case(
        "launch", _launched, lambda w, p: progress(w.store, p, w.held), writes=False
    ),
    "experiments.launch.stop": Case("launch", _launched, lambda w, p: stop(w.store, p, w.held), writes=False),
    "experiments.form.launch_form": Case(
        "launch", _launched, lambda w, p: launch_form(w.store, p), writes=False
    ),
    "experiments.opened.open_in_session": Case(
        "launch", _launched, lambda w, p: open_in_session(w.store, p, "a", "train"), writes=False
    ),
    "experiments.opened.open_here": Case(
        "launch", _launched, lambda w, p: open_here(w.store, p, "a", "train"), writes=False
    ),
    "experiments.groups.group_runs": Case(
        "view", _launched, lambda w, p: group_runs(w.store, p, RunQuery(), "pipeline"), writes=False
    ),
}


@pytest.fixture(autouse=True)
def _no_mlflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """What MLflow shows afterwards is brought by a process of its own, which is tried elsewhere."""
    for module in (workbench.registry.registry, workbench.insight.deployments.actions):
        monkeypatch.setattr(module, "project_later", lambda _: None)


def test_every_function_that_needs_more_than_a_look_has_a_case() -> None:
    """And every permission but those of a look and of the command line is needed by one."""
    more = {name for name, function in functions_with_a_person() if _asks(function) != {"view"}}
    assert more == set(CASES)
    assert {case.permission for case in CASES.values()} == set(PERMISSIONS) - {"manage"}


@pytest.mark.parametrize("name", CASES)
def test_each_role_may_do_what_its_permissions_say_and_no_more(tmp_path: Path, name: str) -> None:
    """What is refused writes nothing; what is allowed stands in the ledger under the person's name."""
    case = CASES[name]
    allowed = [role for role in Role if role.may(case.permission)]
    with case.world(tmp_path / "refused") as world:
        before = world.ledger.head()
        for role in (*(role for role in Role if role not in allowed), None):
            with pytest.raises(AccessError, match=f"may not {case.permission}"):
                case.call(world, _somebody(role))
        assert case.writes is False or world.ledger.head() == before
    for role in allowed:
        with case.world(tmp_path / role.value) as world:
            before = world.ledger.head()
            person = _somebody(role)
            case.call(world, person)
            written = world.ledger.find(after=before.position) if case.writes else []
            assert {event.actor for event in written} == ({person.actor} if case.writes else set())


CONSEQUENCES: dict[str, Callable[[World, Person], str]] = {
    "deployments.consequences.propose_consequence": lambda w, p: deployments.propose_consequence(
        w.store, p, MODEL, 2
    ),
    "deployments.consequences.approve_consequence": lambda w, p: deployments.approve_consequence(
        w.store, p, MODEL, 4
    ),
    "deployments.consequences.reject_consequence": lambda w, p: deployments.reject_consequence(
        w.store, p, MODEL, 4
    ),
    "deployments.consequences.promote_consequence": lambda w, p: deployments.promote_consequence(
        w.store, p, MODEL, 3
    ),
    "deployments.consequences.set_traffic_consequence": lambda w, p: deployments.set_traffic_consequence(
        w.store, p, MODEL, 0.5
    ),
    "deployments.consequences.roll_back_consequence": lambda w, p: deployments.roll_back_consequence(
        w.store, p, MODEL
    ),
    "deployments.consequences.withdraw_consequence": lambda w, p: deployments.withdraw_consequence(
        w.store, p, MODEL
    ),
    "deployments.consequences.remove_shadow_consequence": lambda w, p: deployments.remove_shadow_consequence(
        w.store, p, MODEL, 3
    ),
    "drift.alerts.acknowledge_consequence": lambda w, p: acknowledge_consequence(w.store, p, "drift-1"),
    "drift.alerts.resolve_consequence": lambda w, p: resolve_consequence(w.store, p, "drift-1"),
}


def test_to_be_told_what_would_follow_changes_nothing(tmp_path: Path) -> None:
    """A viewer may ask, of every action that has a consequence, and the ledger stays as it is."""
    found = {name for name, _ in functions_with_a_person() if name.endswith("_consequence")}
    assert found == set(CONSEQUENCES)
    for name, ask in CONSEQUENCES.items():
        world = _alerted if name.startswith("drift") else _shop
        with world(tmp_path / name) as found_in:
            before = found_in.ledger.head()
            assert ask(found_in, _somebody(Role.VIEWER)).endswith(".")
            assert found_in.ledger.head() == before
            with pytest.raises(AccessError):
                ask(found_in, _somebody(None))


def _somebody(role: Role | None) -> Person:
    return Person("eve", role or Role.ADMIN, "eve@dashboards", standing=lambda: role)


def _asks(function: Callable[..., Any]) -> set[str]:
    return {
        str(node.args[0].value)
        for node in ast.walk(ast.parse(inspect.getsource(function)))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "require"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
