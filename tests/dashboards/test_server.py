"""The server: no route answers who may not, and every answer tells the browser what to refuse."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.dashboards.connection import connects, token_of, token_text
from tests.dashboards.served import Served
from tests.insight.scene import Scene
from tests.registry.models import make_project
from workbench.access import Role, set_password, set_role
from workbench.dashboards.app.headers import FRAME_POLICY, NONCE, PAGE_POLICY
from workbench.errors import UsageError
from workbench.project import load_project

PASSWORD = "correct horse battery"
APP = """
from workbench.dashboards.app.frames import Framed
from workbench.dashboards.app.page import Page

def notebook(store, person, query):
    person.require("launch")
    title = query.get("title", "")
    return Framed(f"<h1>{title}</h1><script>alert(1)</script><img src=x onerror=alert(1)>")

def secret(store, person, location):
    person.require("manage")

page = Page("NAME", "A page", secret, permission="PERMISSION", order=50, frames={"notebook": notebook})
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a person of each role, and pages of its own that not everybody may see."""
    scene = Scene(tmp_path_factory.mktemp("served") / "shop")
    scene.all()
    scene.close()
    root = scene.project.root
    for role in Role:
        set_role(root, role.value, role)
        set_password(root / ".workbench" / "passwords", role.value, PASSWORD)
    (root / "dashboards").mkdir()
    for name, permission in (("keys", "manage"), ("notes", "view")):
        app = APP.replace("NAME", name).replace("PERMISSION", permission)
        (root / "dashboards" / f"{name}.py").write_text(app)
    return root


@pytest.fixture(scope="module")
def served(root: Path) -> Iterator[Served]:
    """It, served."""
    made = Served(root)
    yield made
    made.close()


@pytest.fixture(scope="module")
def people(served: Served) -> Iterator[dict[str, httpx.Client]]:
    """A browser for each role, signed in."""
    clients = {role.value: httpx.Client(base_url=served.url, timeout=30) for role in Role}
    for name, client in clients.items():
        assert _sign_in(client, name, PASSWORD).status_code == 302
    yield clients
    for client in clients.values():
        client.close()


def test_no_route_answers_a_stranger(served: Served) -> None:
    """Each pattern that the server knows, asked without a cookie: only the sign-in answers, and its icon."""
    answered = []
    with httpx.Client(base_url=served.url, timeout=30) as client:
        for pattern in served.routes:
            path = _an_example(pattern)
            for method in ("GET", "POST", "PUT", "DELETE"):
                if client.request(method, path).status_code < 300:
                    answered.append((method, path))
    assert sorted(answered) == [("GET", "/favicon.ico"), ("GET", "/login")]


def test_each_page_answers_whose_role_allows_it(served: Served, people: dict[str, httpx.Client]) -> None:
    """The page itself says no to others; what it shows is never made."""
    for name, client in people.items():
        assert client.get("/overview").status_code == 200
        answer = client.get("/keys")
        assert answer.status_code == (200 if name == "admin" else 403)


@pytest.mark.parametrize("page", ["keys", "notes"])
def test_each_frame_answers_whose_role_allows_it(people: dict[str, httpx.Client], page: str) -> None:
    """Its page's permission and its source's own, both."""
    for name, client in people.items():
        least = Role.ADMIN if page == "keys" else Role.SCIENTIST
        allowed = list(Role).index(Role(name)) >= list(Role).index(least)
        assert client.get(f"/frames/{page}/notebook").status_code == (200 if allowed else 403)


def test_a_framed_document_is_cleaned_and_sandboxed(people: dict[str, httpx.Client]) -> None:
    """No script, no handler, no origin of ours."""
    answer = people["admin"].get("/frames/notes/notebook", params={"title": "<b onclick=alert(2)>x</b>"})
    assert answer.headers["Content-Security-Policy"] == FRAME_POLICY
    assert "script" not in answer.text
    assert "onerror" not in answer.text
    assert "onclick" not in answer.text


def test_every_answer_tells_the_browser_what_to_refuse(
    served: Served, people: dict[str, httpx.Client]
) -> None:
    """Pages, static files and errors alike."""
    for path in ("/overview", "/login", "/static/js/bokeh.min.js", "/nowhere"):
        headers = people["viewer"].get(path).headers
        assert _without_nonce(headers["Content-Security-Policy"]) == PAGE_POLICY, path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in headers
        assert "Server" not in headers
    assert people["viewer"].get("/overview").headers["Cache-Control"] == "no-store"


def test_only_scripts_of_the_template_run_in_a_page(people: dict[str, httpx.Client]) -> None:
    """By a number that no other answer has; whatever else came into the page has none."""
    seen = set()
    for _ in range(2):
        answer = people["viewer"].get("/overview")
        policy = answer.headers["Content-Security-Policy"]
        assert "'unsafe-inline'" not in policy.split("script-src", 1)[1].split(";")[0]
        (nonce,) = re.findall(r"'nonce-([^']+)'", policy)
        scripts = re.findall(r"<script\b[^>]*>", answer.text)
        assert len(scripts) > 3
        assert all(f'nonce="{nonce}"' in script for script in scripts)
        assert NONCE not in answer.text
        seen.add(nonce)
    assert len(seen) == 2


def test_no_page_holds_a_cookie_that_opens_a_door(people: dict[str, httpx.Client]) -> None:
    """Neither as text nor in the session's token."""
    text = people["admin"].get("/overview").text
    assert people["admin"].cookies["user"] not in text
    assert people["admin"].cookies["user"].split("|")[-1] not in token_text(token_of(text))


def test_signing_in_needs_the_forms_own_token(served: Served) -> None:
    """Another site cannot send somebody's browser in under a name of its choice."""
    with httpx.Client(base_url=served.url, timeout=30) as client:
        form = {"name": "admin", "password": PASSWORD}
        assert client.post("/login", data=form).status_code == 403
        client.get("/login")
        assert client.post("/login", data=form).status_code == 403
        assert "user" not in client.cookies


def test_a_wrong_password_is_refused_and_the_sixth_has_to_wait(served: Served) -> None:
    """A name that nobody has is refused in the same words."""
    with httpx.Client(base_url=served.url, timeout=30) as client:
        assert "not known here" in _sign_in(client, "nobody", PASSWORD).text
        codes = [_sign_in(client, "viewer", "wrong").status_code for _ in range(6)]
        assert codes == [403] * 5 + [429]
        assert "user" not in client.cookies


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:0"]
)
def test_signing_in_leads_to_a_page_of_ours(served: Served, target: str) -> None:
    """Wherever the address pretends."""
    with httpx.Client(base_url=served.url, timeout=30) as client:
        assert _sign_in(client, "approver", PASSWORD, target).headers["Location"] == "./"
        assert _sign_in(client, "approver", PASSWORD, "/overview?a=b").headers["Location"] == "./overview?a=b"


def test_a_cookie_of_ones_own_making_opens_nothing(served: Served) -> None:
    """Nor does one signed for another server."""
    with httpx.Client(base_url=served.url, cookies={"user": "2|1:0|10:1|4:user|8:YWRtaW4=|abc"}) as client:
        assert client.get("/overview").status_code == 302


def test_a_role_that_is_taken_away_shuts_the_door_at_once(root: Path, served: Served) -> None:
    """The cookie is still good; the person is not."""
    set_role(root, "leaver", Role.ADMIN)
    set_password(root / ".workbench" / "passwords", "leaver", PASSWORD)
    with httpx.Client(base_url=served.url, timeout=30) as client:
        _sign_in(client, "leaver", PASSWORD)
        assert client.get("/keys").status_code == 200
        set_role(root, "leaver", None)
        assert client.get("/overview").status_code == 302
        assert client.get("/frames/notes/notebook").status_code == 401


def test_a_websocket_opens_from_our_own_origin_for_whose_page_it_is(
    served: Served, people: dict[str, httpx.Client]
) -> None:
    """Not from another site, not for a stranger, not for another person, not with a made-up token."""
    token = token_of(people["operator"].get("/overview").text)
    mine, others = (people[name].cookies["user"] for name in ("operator", "viewer"))
    origin = served.url
    assert connects(served.url, token, mine, origin)
    assert not connects(served.url, token, mine, "https://evil.example")
    assert not connects(served.url, token, "", origin)
    assert not connects(served.url, token, others, origin)
    assert not connects(served.url, token[:-3] + "abc", mine, origin)


def test_a_request_for_another_hosts_name_is_refused(served: Served) -> None:
    """A name that somebody bent to this machine is not ours."""
    assert httpx.get(f"{served.url}/login", headers={"Host": "evil.example"}).status_code == 421
    assert (
        httpx.get(f"{served.url}/login", headers={"Host": f"localhost:{served.url[-5:]}"}).status_code == 200
    )


def test_the_key_of_the_cookies_is_for_its_owners_eyes_alone(root: Path, served: Served) -> None:
    """Made once, kept below .workbench."""
    key = root / ".workbench" / "dashboards.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_where_nobody_signs_in_only_this_machine_is_answered(tmp_path: Path) -> None:
    """Elsewhere needs roles, and the names under which browsers come."""
    project = make_project(tmp_path / "shop")
    with pytest.raises(UsageError, match="nobody has to sign in"):
        Served(project.root, host="0.0.0.0")
    set_role(project.root, "ada", Role.ADMIN)
    assert load_project(project.root).config.access.users == {"ada": "admin"}
    with pytest.raises(UsageError, match="at which address"):
        Served(project.root, host="0.0.0.0")


def _sign_in(client: httpx.Client, name: str, password: str, target: str = "") -> httpx.Response:
    page = client.get("/login")
    found = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
    assert found
    form = {"_xsrf": found[1], "name": name, "password": password}
    return client.post("/login", params={"next": target} if target else None, data=form)


def _an_example(pattern: str) -> str:
    """Return a path that a route's pattern takes."""
    path = pattern.rstrip("$").lstrip("^").replace("/?", "").replace("(.*)", "x.js").replace("\\", "")
    return path or "/"


def _without_nonce(policy: str) -> str:
    return re.sub(r" 'nonce-[^']+'", "", policy)
