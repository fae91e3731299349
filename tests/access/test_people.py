"""Who may do what: roles, people, passwords, and the file that they stand in."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.registry.models import make_project
from workbench.access import (
    OPEN,
    PASSWORDS,
    PERMISSIONS,
    Directory,
    Person,
    Role,
    read_passwords,
    remove_password,
    set_password,
    set_role,
)
from workbench.access.passwords import is_password
from workbench.errors import AccessError, ConfigurationError, StorageError, UsageError
from workbench.project import load_project

PASSWORD = "correct horse battery"
_SCIENTIST = ("view", "launch", "propose")
_APPROVER = ("approve", "reject", "promote")
TABLE = {
    "viewer": ["view"],
    "scientist": [*_SCIENTIST],
    "approver": [*_SCIENTIST, *_APPROVER],
    "operator": [*_SCIENTIST, *_APPROVER, "traffic", "rollback", "acknowledge"],
    "admin": list(PERMISSIONS),
}


def _person(role: str) -> Person:
    return Person("eve", Role(role), "eve@dashboards")


@pytest.mark.parametrize("role", TABLE)
@pytest.mark.parametrize("permission", PERMISSIONS)
def test_each_role_may_do_what_the_table_says(role: str, permission: str) -> None:
    """And is refused the rest, with a sentence that names the least role for it."""
    person = _person(role)
    assert person.may(permission) is (permission in TABLE[role])
    if permission in TABLE[role]:
        person.require(permission)
        return
    with pytest.raises(AccessError, match=f"eve is {role} and may not {permission} delay") as caught:
        person.require(permission, model="delay")
    assert caught.value.needed == PERMISSIONS[permission].value


def test_a_misspelt_permission_allows_nothing() -> None:
    """Not even an admin."""
    with pytest.raises(KeyError):
        _person("admin").require("aprove")


def test_a_role_that_was_taken_away_ends_what_a_person_may_do() -> None:
    """At once, whatever their page was made with."""
    role: list[Role | None] = [Role.ADMIN]
    person = Person("eve", Role.ADMIN, "eve@dashboards", standing=lambda: role[0])
    person.require("manage")
    role[0] = None
    with pytest.raises(AccessError, match="has no role here"):
        person.require("view")


def test_a_project_without_roles_takes_everybody_for_whoever_runs_it(tmp_path: Path) -> None:
    """It says so itself, and `server.py` then listens on this machine alone."""
    directory = Directory(make_project(tmp_path / "shop"))
    assert directory.way == OPEN
    assert directory.local().role is Role.ADMIN
    assert "@" in directory.local().actor


def test_a_role_is_that_of_the_file_at_this_moment(tmp_path: Path) -> None:
    """Given, changed and taken away while the directory is in use; half an edit changes nothing."""
    project = make_project(tmp_path / "shop")
    set_role(project.root, "ada", Role.VIEWER)
    directory = Directory(load_project(project.root))
    assert directory.way == PASSWORDS
    assert directory.role("ada") is Role.VIEWER
    set_role(project.root, "ada", Role.OPERATOR)
    assert directory.role("ada") is Role.OPERATOR
    file = project.root / "workbench.toml"
    whole = file.read_text()
    file.write_text(whole + "\n[access.users\n")
    assert directory.role("ada") is Role.OPERATOR
    file.write_text(whole)
    set_role(project.root, "ada", None)
    assert directory.role("ada") is None
    assert directory.person("ada") is None
    assert directory.way == PASSWORDS  # a server that asks people to sign in goes on doing so


def test_a_person_stands_in_the_ledger_as_one_who_decided_on_the_dashboards(tmp_path: Path) -> None:
    """So that four eyes are those of two persons, wherever each of them acts."""
    project = make_project(tmp_path / "shop")
    set_role(project.root, "ada", Role.APPROVER)
    set_role(project.root, "bob@example.com", Role.APPROVER)
    directory = Directory(load_project(project.root))
    found = [directory.person(name) for name in ("ada", "bob@example.com")]
    assert [person.actor for person in found if person] == ["ada@dashboards", "bob@example.com"]


def test_writing_a_role_keeps_the_rest_of_the_file(tmp_path: Path) -> None:
    """Comments included; what would make the file impossible is taken back."""
    project = make_project(tmp_path / "shop", extra="# whose shop this is\n")
    file = project.root / "workbench.toml"
    before = file.read_text()
    set_role(project.root, "ada", Role.ADMIN)
    assert file.read_text().startswith(before.rstrip("\n").split("[pipelines")[0])
    assert "# whose shop this is" in file.read_text()
    kept = file.read_text()
    with pytest.raises(ConfigurationError):
        set_role(project.root, "ada via bob", Role.ADMIN)
    assert file.read_text() == kept


def test_a_password_is_kept_as_a_hash_for_its_owners_eyes_alone(tmp_path: Path) -> None:
    """Argon2, salted; the file is refused when others may read it."""
    path = tmp_path / "state" / "passwords"
    set_password(path, "ada", PASSWORD)
    set_password(path, "bob", PASSWORD)
    known = read_passwords(path)
    assert known["ada"].startswith("$argon2id$")
    assert known["ada"] != known["bob"]
    assert PASSWORD not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert is_password(PASSWORD, known["ada"])
    assert not is_password(PASSWORD + "!", known["ada"])
    assert remove_password(path, "ada")
    assert not remove_password(path, "ada")
    assert list(read_passwords(path)) == ["bob"]
    path.chmod(0o640)
    with pytest.raises(StorageError, match="may be read by others"):
        read_passwords(path)


@pytest.mark.parametrize("password", ["", "short", "x" * 2000])
def test_a_password_is_neither_short_nor_endless(tmp_path: Path, password: str) -> None:
    """And nothing is written."""
    with pytest.raises(UsageError, match="12 to 1,024 characters"):
        set_password(tmp_path / "passwords", "ada", password)
    assert not list(tmp_path.iterdir())


def test_nobody_is_let_in_without_a_role_or_without_a_password(tmp_path: Path) -> None:
    """A hash alone opens nothing, nor does an empty password where none was set."""
    project = make_project(tmp_path / "shop")
    set_role(project.root, "ada", Role.VIEWER)
    set_role(project.root, "cyd", Role.VIEWER)
    directory = Directory(load_project(project.root))
    set_password(directory.passwords, "ada", PASSWORD)
    set_password(directory.passwords, "bob", PASSWORD)
    assert directory.check("ada", PASSWORD)
    assert not directory.check("ada", "wrong")
    assert not directory.check("bob", PASSWORD)
    assert not directory.check("cyd", "")
    assert not directory.check("dan", PASSWORD)
