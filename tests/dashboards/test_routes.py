"""Every route that the server knows, for everybody who may come: it answers whose role allows it alone.

The routes are the server's own list, so one without a rule fails here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.dashboards.connection import connects
from tests.dashboards.people import NOBODY, Visitor, give_roles, visiting
from tests.dashboards.served import Served
from tests.insight.scene import Scene
from workbench.access import PERMISSIONS, Role

EVERYBODY = (*(role.value for role in Role), *NOBODY)
_MADE_FOR = (Role.VIEWER.value, Role.ADMIN.value)
METHODS = ("GET", "HEAD", "POST", "DELETE", "OPTIONS")
_LEAST = {least: permission for permission, least in PERMISSIONS.items()}
"""A permission for each role that the roles below it do not have."""

APP = """
from workbench.dashboards.app.frames import Framed
from workbench.dashboards.app.page import Page

def document(store, person, query):
    return Framed("<p>a document</p>")

page = Page("for-PERMISSION", "A page", lambda store, person, location: None, permission="PERMISSION",
            frames={"document": document})
"""
"""A page of a project's own, one for each of those."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a bit of everything, its usual pages and one of its own for each role."""
    scene = Scene(tmp_path_factory.mktemp("routes") / "shop")
    scene.all()
    scene.close()
    made = scene.project.root
    (made / "dashboards").mkdir()
    for permission in _LEAST.values():
        text = APP.replace("PERMISSION", permission)
        (made / "dashboards" / f"for_{permission}.py").write_text(text)
    give_roles(made)
    return made


@pytest.fixture(scope="module")
def served(root: Path) -> Iterator[Served]:
    """It, served."""
    made = Served(root)
    yield made
    made.close()


@pytest.fixture
def visitor(served: Served, root: Path, who: str) -> Iterator[Visitor]:
    """Somebody."""
    with visiting(served.url, root, who) as found:
        yield found


def test_every_route_has_a_rule(served: Served) -> None:
    """A new one must be given one here, and is then tried for everybody."""
    assert not [pattern for pattern in served.routes if _rule(served, pattern) is None]
    assert len(served.opened.pages) >= len(Role) + 2
    assert not served.opened.broken


@pytest.mark.parametrize("who", EVERYBODY)
def test_each_route_answers_who_may_and_nobody_else(served: Served, visitor: Visitor) -> None:
    """By every method that there is; a page for all is made for the least and the highest role alone."""
    wrong = []
    for pattern in sorted(served.routes, key=lambda pattern: "logout" in pattern):
        rule = _rule(served, pattern)
        assert rule is not None
        for method in METHODS:
            expected = rule(visitor, method)
            if expected == {200} and visitor.name not in _MADE_FOR and _permission(served, pattern) == "view":
                continue
            answer = visitor.client.request(method, _path(pattern))
            if answer.status_code not in expected:
                wrong.append(f"{method} {pattern}: {answer.status_code}, expected {sorted(expected)}")
    assert not wrong


@pytest.mark.parametrize("who", EVERYBODY)
def test_each_websocket_opens_for_whose_page_it_is_and_nobody_else(
    served: Served, root: Path, who: str
) -> None:
    """Every page's; with the token of a page that they have, or had once, or that somebody else has."""
    first, somebody = f"for-{_LEAST[Role.VIEWER]}", "admin" if who == "viewer" else "viewer"
    with (
        visiting(served.url, root, who, first) as visitor,
        visiting(served.url, root, somebody, first) as other,
    ):
        token = visitor.token or other.token

        def connected(token: str, page: str, origin: str = served.url) -> bool:
            return connects(served.url, token, visitor.cookie, origin, page, until_ready=False)

        assert connected(token, first) == (visitor.role is not None)
        for page in served.opened.pages:
            assert visitor.role or not connected(token, page.path), page.path
            assert not connected(token, page.path, "https://evil.example")
            assert not connected(other.token, page.path)


def test_no_component_of_panels_brings_in_a_module(served: Served, root: Path) -> None:
    """Its own handler imports whatever the address names."""
    with visiting(served.url, root, "admin") as admin:
        for module in ("antigravity", "workbench.audit", "panel.pipeline"):
            sys.modules.pop(module, None)
            assert admin.client.get(f"/components/{module}/Any/css/x").status_code == 404
            assert module not in sys.modules
        answer = admin.client.get("/components/panel.layout.base/Panel/_stylesheets/x")
        assert answer.status_code in (403, 404)


def _permission(served: Served, pattern: str) -> str:
    """Return what a page's route asks for, nothing where it is no page's."""
    found = re.fullmatch(r"/([^/]+)/\?\$", pattern)
    return next((page.permission for page in served.opened.pages if found and page.path == found[1]), "")


def _rule(served: Served, pattern: str) -> Rule | None:
    """Return what a route has to answer to somebody's method; None when nobody thought of it."""
    pages = {page.path: page for page in served.opened.pages}
    for shape, make in _RULES:
        found = re.fullmatch(shape, pattern)
        if found and (not found.groups() or found[1] in pages):
            return make(pages[found[1]].permission if found.groups() else "")
    return None


Rule = Callable[[Visitor, str], set[int]]
"""Tells which answers are right for somebody and a method."""


def _page(permission: str) -> Rule:
    return lambda visitor, method: _got(
        method, {302} if visitor.role is None else {200} if visitor.may(permission) else {403}
    )


def _frame(permission: str) -> Rule:
    # what names nothing is answered 404, and by then it was asked who wants it
    return lambda visitor, method: _got(
        method, {401} if visitor.role is None else {200, 400, 404} if visitor.may(permission) else {403}
    )


def _component(_: str) -> Rule:
    return lambda visitor, method: _got(method, {404} if visitor.role else {401}, also="HEAD")


def _always(*status: int, also: str = "") -> Callable[[str], Rule]:
    return lambda _: lambda _visitor, method: _got(method, {*status}, also)


def _got(method: str, status: set[int], also: str = "") -> set[int]:
    """Return what is right for who gets something; nothing can be sent anywhere without its token."""
    return status if method in ("GET", also) else {401, 403, 404, 405}


_RULES: tuple[tuple[str, Callable[[str], Rule]], ...] = (
    (r"/([^/]+)/\?\$", _page),
    (r"/([^/]+)/ws\$", _always(401, 403)),  # as a page; websockets have a test of their own
    (r"/([^/]+)/(?:metadata|autoload\.js)\$", _always(404, also="HEAD")),
    (r"/frames/([^/]+)/[^/]+\$", _frame),
    (r"/\?\$", _always(302)),  # leads to the first page, which asks who it is
    (r"/components/\(\.\*\)\$", _component),
    (r"/(?:[^/]+/)?static/(?:extensions/)?\(\.\*\)\$", _always(200, 404, also="HEAD")),  # Bokeh's own, public
    (r"/favicon\.ico\$", _always(200)),
    (r"/login\$", _always(200)),
    (r"/logout\$", _always(302)),
)


def _path(pattern: str) -> str:
    """Return a path that a route's pattern takes."""
    path = pattern.rstrip("$").replace("/?", "").replace("\\", "")
    return path.replace("(.*)", "js/bokeh.min.js") or "/"
