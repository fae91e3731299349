"""Requests that come to nothing: a page says what happened and where to go on, to who reads HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tornado.web import RequestHandler

from tests.dashboards.people import give_roles, sign_in, visiting
from tests.dashboards.served import Served
from tests.registry.models import make_project
from workbench.dashboards.app.headers import PAGE_POLICY
from workbench.dashboards.app.refusals import words

READS = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ATTACK = "<script>alert(1)</script>"
APP = """
from workbench.dashboards.app.page import Page

class Broken:
    def __panel__(self):
        raise ZeroDivisionError("a secret")

page = Page("NAME", "A page", lambda store, person, location: Broken(), permission="PERMISSION", order=50)
"""


class Breaks(RequestHandler):
    """A route that has not thought of something."""

    def get(self) -> None:
        raise ZeroDivisionError("a secret")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a person of each role, a page for admins, and one that cannot be made."""
    made = make_project(tmp_path_factory.mktemp("refusals") / "shop").root
    give_roles(made)
    (made / "dashboards").mkdir()
    for name, permission in (("keys", "manage"), ("broken", "view")):
        text = APP.replace("NAME", name).replace("PERMISSION", permission)
        (made / "dashboards" / f"{name}.py").write_text(text)
    return made


@pytest.fixture(scope="module")
def served(root: Path) -> Iterator[Served]:
    """It, served."""
    made = Served(root)
    made.server._tornado.add_handlers(r".*", [("/breaks", Breaks)])
    yield made
    made.close()


@pytest.fixture(scope="module")
def viewer(served: Served, root: Path) -> Iterator[httpx.Client]:
    """Somebody who may look."""
    with visiting(served.url, root, "viewer") as found:
        yield found.client


CASES = {
    "a page that there is not": ("GET", "/nowhere", 404, "./overview"),
    "deep in nowhere": ("GET", "/a/b/c", 404, "../../overview"),
    "an attack": ("GET", f"/{ATTACK}?x={ATTACK}", 404, "../overview"),
    "another's page": ("GET", "/keys", 403, "./overview"),
    "a post to a page": ("POST", "/overview", 403, "./overview"),
    "a method that is not meant": ("PUT", "/login", 403, "./overview"),
    "a file that there is not": ("GET", "/static/js/none.js", 404, "../../overview"),
    "what Bokeh offers besides": ("GET", "/overview/autoload.js", 404, "../overview"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_refusal_says_what_happened_and_leads_on(viewer: httpx.Client, name: str) -> None:
    """In our look, with the status that it has, and with nothing of what was asked in it."""
    method, path, status, link = CASES[name]
    answer = viewer.request(method, path, headers=READS)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert f"<h1>{words(status).title}</h1>" in answer.text
    assert words(status).advice in answer.text
    assert f'href="{link}">Overview</a>' in answer.text
    assert "Sign in as somebody else" in answer.text
    assert "alert(1)" not in answer.text
    assert "Traceback" not in answer.text
    policy = re.sub(r" 'nonce-[^']+'", "", answer.headers["Content-Security-Policy"])
    assert policy == PAGE_POLICY


def test_who_is_not_signed_in_is_led_to_where_one_signs_in(served: Served) -> None:
    """Before anything else."""
    answer = httpx.get(f"{served.url}/components/none/at/all", headers=READS)
    assert answer.status_code == 401
    assert words(401).title in answer.text
    links = re.findall(r'href="([^"]+)"', answer.text)
    assert links == ["../../../login", "../../../overview"]


def test_a_page_that_cannot_be_made_is_answered_500_without_a_word_of_why(viewer: httpx.Client) -> None:
    """The log has it."""
    answer = viewer.get("/breaks", headers=READS)
    assert answer.status_code == 500
    assert words(500).title in answer.text
    assert "secret" not in answer.text
    assert "ZeroDivisionError" not in answer.text


def test_a_page_whose_content_cannot_be_shown_says_so_within_its_frame(viewer: httpx.Client) -> None:
    """Navigation and all; the view itself had returned something."""
    answer = viewer.get("/broken", headers=READS)
    assert answer.status_code == 200
    assert "The page A page broke" in answer.text
    assert 'aria-label="Pages"' in answer.text
    assert "secret" not in answer.text


def test_a_request_for_another_hosts_name_is_told_nothing_of_the_project(served: Served) -> None:
    """Neither its name nor a link."""
    answer = httpx.get(f"{served.url}/overview", headers={**READS, "Host": "evil.example"})
    assert answer.status_code == 421
    assert words(421).title in answer.text
    assert "href" not in answer.text
    assert served.store.project.name not in answer.text


def test_a_form_that_is_too_old_says_so(served: Served) -> None:
    """A browser that was open for days lost the form's own token."""
    answer = httpx.post(f"{served.url}/login", data={"name": "viewer", "password": "x"}, headers=READS)
    assert answer.status_code == 403
    assert "made too long ago" in answer.text


def test_the_sign_in_keeps_its_own_page_when_a_password_is_wrong(served: Served) -> None:
    """It is refused, and may be tried again at once."""
    with httpx.Client(base_url=served.url, headers=READS) as client:
        answer = sign_in(client, "approver", "wrong")
    assert answer.status_code == 403
    assert 'name="password"' in answer.text


def test_a_program_gets_a_line_and_no_page(viewer: httpx.Client) -> None:
    """It says what it takes, and HTML is not in it."""
    for accept in ("*/*", "application/json"):
        answer = viewer.get("/nowhere", headers={"Accept": accept})
        assert answer.status_code == 404
        assert "<h1>" not in answer.text


def test_behind_a_prefix_links_lead_below_it(tmp_path: Path) -> None:
    """And what lies beside it leads there, too; where nobody signs in there is no link for it."""
    served = Served(make_project(tmp_path / "open").root, prefix="/boards")
    try:
        base = served.url.removesuffix("/boards")
        for path, link in (
            ("/boards/x/y", "../overview"),
            ("/boards/x", "./overview"),
            ("/x", "/boards/overview"),
        ):
            answer = httpx.get(base + path, headers=READS)
            assert answer.status_code == 404
            assert re.findall(r'href="([^"]+)"', answer.text) == [link]
    finally:
        served.close()
