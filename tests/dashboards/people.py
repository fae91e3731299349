"""Everybody who may come to the dashboards: each role, somebody without one, somebody who lost theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.dashboards.connection import token_of
from workbench.access import Role, set_password, set_role
from workbench.dashboards.app.gate import COOKIE

PASSWORD = "correct horse battery"
NOBODY = ("stranger", "left", "signed out")
"""Who never signed in; whose role was taken away afterwards; who signed out."""


@dataclass(frozen=True)
class Visitor:
    """Somebody with a browser.

    Attributes:
        name: of their role, or one of `NOBODY`.
        role: None when they have none.
        client: their browser.
        cookie: by which they came in; empty when they never did.
        token: of the page that they had; empty when they had none.
    """

    name: str
    role: Role | None
    client: httpx.Client
    cookie: str = ""
    token: str = ""

    def may(self, permission: str) -> bool:
        """Whether a role allows it."""
        return self.role is not None and self.role.may(permission)


def give_roles(root: Path) -> None:
    """Give a project a person of each role, each named for it, with a password; and two more who have one."""
    for role in Role:
        set_role(root, role.value, role)
    for name in (*(role.value for role in Role), *NOBODY[1:]):
        set_password(root / ".workbench" / "passwords", name, PASSWORD)


@contextmanager
def visiting(url: str, root: Path, name: str, page: str = "") -> Iterator[Visitor]:
    """Let somebody come who is named for a role, or one of `NOBODY`; who leaves had a page before.

    Args:
        url: of the server.
        root: of the project.
        name: who.
        page: that they look at first; what it costs to make one is saved when empty.
    """
    with httpx.Client(base_url=url, timeout=30) as client:
        cookie = token = ""
        if name != "stranger":
            set_role(root, name, Role.ADMIN if name in NOBODY else Role(name))
            assert sign_in(client, name).status_code == 302
            cookie, token = client.cookies[COOKIE], token_of(client.get(f"/{page}").text) if page else ""
        if name == "left":
            set_role(root, name, None)
        if name == "signed out":
            client.get("/logout")
            client.cookies.set(COOKIE, cookie)
        yield Visitor(name, None if name in NOBODY else Role(name), client, cookie, token)


def sign_in(client: httpx.Client, name: str, password: str = PASSWORD, target: str = "") -> httpx.Response:
    """Fill the form in and send it."""
    page = client.get("/login")
    found = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
    assert found
    form = {"_xsrf": found[1], "name": name, "password": password}
    return client.post("/login", params={"next": target} if target else None, data=form)
