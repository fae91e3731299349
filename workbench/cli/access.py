"""`workbench access`: who may look at the dashboards, and who may decide there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli.options import Json
from workbench.cli.output import open_console, plain_table, print_json, print_next
from workbench.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from workbench.project import Project

app = typer.Typer(
    help="Give people roles on the dashboards, list them, take roles away.",
    rich_markup_mode=None,
    add_completion=False,
    invoke_without_command=True,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="As the person signs in.")]


@app.callback()
def access(ctx: typer.Context) -> None:
    """Give people roles on the dashboards, list them, take roles away.

    Roles stand in [access.users] of workbench.toml; each may do what the one before it may: viewer (look),
    scientist (launch runs), approver (approve, reject, promote), operator (traffic, rollback, acknowledge),
    admin (everything). Passwords are kept as argon2 hashes beside the project's state.
    """
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())


@app.command()
def add(
    name: Name,
    *,
    role: Annotated[str, typer.Option("--role", help="viewer, scientist, approver, operator or admin.")],
    as_json: Json = False,
) -> int:
    """Give somebody a role and a password, or others than they had.

    The password is asked for; from a pipe, the first line is taken.
    """
    from workbench.access import Role, set_password, set_role
    from workbench.project import load_project

    roles = [each.value for each in Role]
    if role not in roles:
        raise UnknownNameError("role", role, roles)
    project = load_project()
    uses_passwords = project.config.access.oidc is None
    if uses_passwords:
        set_password(project.root / project.config.access.passwords, name, _password(name))
    set_role(project.root, name, Role(role))
    if as_json:
        print_json({"name": name, "role": role, "password": uses_passwords})
        return 0
    console = open_console()
    console.print(f"{name} is {role}.")
    print_next(console, ("workbench dashboards", "serve them; a running server knows it already"))
    return 0


@app.command("list")
def list_(as_json: Json = False) -> int:
    """List who has a role, what it allows, and whether they have a password."""
    from workbench.project import load_project

    people = _people(load_project())
    if as_json:
        print_json(people)
        return 0
    console = open_console()
    if not people:
        console.print("Nobody has a role: the dashboards answer this machine only, and whoever is on it.")
        print_next(console, ("workbench access add NAME --role admin", "let people sign in"))
        return 0
    table = plain_table("name", "role", "may", "password")
    for each in people:
        table.add_row(each["name"], each["role"], ", ".join(each["may"]), "yes" if each["password"] else "no")
    console.print(table)
    return 0


@app.command()
def remove(name: Name, *, as_json: Json = False) -> int:
    """Take somebody's role and password away; their open pages may do nothing more."""
    from workbench.access import remove_password, set_role
    from workbench.project import load_project

    project = load_project()
    access = project.config.access
    had_password = remove_password(project.root / access.passwords, name)
    if name not in access.users and not had_password:
        raise UnknownNameError(
            "person", name, access.users, hint="" if access.users else "Nobody has a role."
        )
    set_role(project.root, name, None)
    if as_json:
        print_json({"name": name, "role": None})
    else:
        console = open_console()
        console.print(f"{name} has no role any more.")
        if set(access.users) <= {name} and access.oidc is None:
            console.print(
                "Nobody has one now: from their next start the dashboards answer this machine only, "
                "and whoever is on it may do everything.",
                style="yellow",
            )
    return 0


def _people(project: Project) -> list[dict[str, Any]]:
    from workbench.access import Role, read_passwords

    kept = read_passwords(project.root / project.config.access.passwords)
    return [
        {"name": name, "role": role, "may": list(Role(role).permissions), "password": name in kept}
        for name, role in sorted(project.config.access.users.items())
    ]


def _password(name: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    import getpass

    first = getpass.getpass(f"Password for {name}: ")
    if getpass.getpass("Again: ") != first:
        raise UsageError("The two passwords differ; nothing was changed.", hint="Type the same one twice.")
    return first
