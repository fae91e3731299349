"""Everybody who may come to the dashboards: each role, somebody without one, somebody who lost theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

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
        token: of a page that they once had; empty when they never had one.
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
    """Give a project a person of each role, each named for it, and one who will leave."""
    people = {**{role.value: role for role in Role}, "left": Role.ADMIN, "signed out": Role.ADMIN}
    for name, role in people.items():
        set_role(root, name, role)
        set_password(root / ".workbench" / "passwords", name, PASSWORD)


@contextmanager
def visitors(url: str, root: Path) -> Iterator[dict[str, Visitor]]:
    """Let everybody come, by name; who leaves does so after they had a page."""
    from tests.dashboards.connection import token_of

    with ExitStack() as stack:
        found: dict[str, Visitor] = {}
        for name in (*(role.value for role in Role), *NOBODY):
            client = stack.enter_context(httpx.Client(base_url=url, timeout=30))
            cookie = token = ""
            if name != "stranger":
                assert sign_in(client, name).status_code == 302
                cookie, token = client.cookies[COOKIE], token_of(client.get("/overview").text)
            role = Role(name) if name not in NOBODY else None
            found[name] = Visitor(name, role, client, cookie, token)
        set_role(root, "left", None)
        found["signed out"].client.get("/logout")
        found["signed out"].client.cookies.set(COOKIE, found["signed out"].cookie)
        yield found


def sign_in(client: httpx.Client, name: str, password: str = PASSWORD, target: str = "") -> httpx.Response:
    """Fill the form in and send it."""
    page = client.get("/login")
    found = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
    assert found
    form = {"_xsrf": found[1], "name": name, "password": password}
    return client.post("/login", params={"next": target} if target else None, data=form)
