"""`workbench access`: roles and passwords, typed in; `workbench dashboards` refuses what is not safe."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.cli.said import type_in
from tests.registry.models import make_project
from workbench.access import Directory
from workbench.project import load_project


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_project(tmp_path / "shop").root


def _piped(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_somebody_who_is_added_can_sign_in_with_their_role(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is listed with what it allows; removed, they can do nothing."""
    assert type_in(root, "access list --json").document == []
    _piped(monkeypatch, "correct horse battery\n")
    said = type_in(root, "access add ada --role approver --json")
    assert said.document == {"name": "ada", "role": "approver", "password": True}
    assert Directory(load_project(root)).check("ada", "correct horse battery")
    (listed,) = type_in(root, "access list --json").document
    assert listed["may"] == ["view", "launch", "propose", "approve", "reject", "promote"]
    assert listed["password"] is True
    assert "approver" in type_in(root, "access list").out
    assert "no role any more" in type_in(root, "access remove ada").out
    assert type_in(root, "access list --json").document == []
    assert not Directory(load_project(root)).check("ada", "correct horse battery")


@pytest.mark.parametrize(
    ("line", "typed", "words"),
    [
        ("access add ada --role aprover", "correct horse battery\n", "Did you mean 'approver'?"),
        ("access add ada --role viewer", "short\n", "12 to 1,024 characters"),
        ("access remove nobody", "", "no person named 'nobody'"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, line: str, typed: str, words: str
) -> None:
    """In a sentence, with exit code 2."""
    before = (root / "workbench.toml").read_text()
    _piped(monkeypatch, typed)
    said = type_in(root, line)
    assert said.code == 2
    assert words in said.err
    assert (root / "workbench.toml").read_text() == before


def test_dashboards_for_other_machines_need_roles_and_a_name(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is guessed."""
    assert "nobody has to sign in" in type_in(root, "dashboards --host 0.0.0.0").err
    _piped(monkeypatch, "correct horse battery\n")
    type_in(root, "access add ada --role admin")
    said = type_in(root, "dashboards --host 0.0.0.0")
    assert said.code == 2
    assert "[access] origins" in said.err
