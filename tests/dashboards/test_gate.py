"""Whose sign-in it is: what ends it ends every page that was opened with it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine
from tornado.web import create_signed_value

from tests.registry.models import make_project
from workbench.access import Directory, Role, set_role
from workbench.dashboards.app.gate import COOKIE, Gate, signed_in, told, visit_of
from workbench.dashboards.app.secret import Secrets
from workbench.errors import AccessError
from workbench.project import load_project

HOUR = 3600.0


@pytest.fixture
def now() -> list[float]:
    """What the gate takes for the time."""
    return [time.time()]


@pytest.fixture
def gate(tmp_path: Path, now: list[float]) -> Gate:
    """That of a project in which Ada operates."""
    project = make_project(tmp_path / "shop")
    set_role(project.root, "ada", Role.OPERATOR)
    return Gate(Directory(load_project(project.root)), Secrets("cookies", b"sessions"), lambda: now[0])


def _request(hours_ago: float = 0.0, secret: str = "cookies", says: str = "") -> HTTPServerRequest:
    began = time.time() - hours_ago * HOUR
    cookie = create_signed_value(secret, COOKIE, says or signed_in("ada"), clock=lambda: began)
    headers = HTTPHeaders({"Host": "here", "Cookie": f"{COOKIE}={cookie.decode()}"})
    line = RequestStartLine("GET", "/overview", "HTTP/1.1")
    return HTTPServerRequest(start_line=line, headers=headers)


def test_a_sign_in_lasts_as_long_as_the_project_says(gate: Gate) -> None:
    """Twelve hours from when it was signed."""
    visit = gate.visit(_request(11))
    assert visit is not None
    assert visit.name == "ada"
    assert visit.until - time.time() == pytest.approx(HOUR, abs=60)
    assert gate.visit(_request(13)) is None
    assert gate.visit(_request(secret="another server's")) is None


def test_a_page_that_was_opened_in_time_may_nothing_after(gate: Gate, now: list[float]) -> None:
    """Its websocket may still be open."""
    visit = gate.visit(_request())
    person = gate.person(visit)
    assert person is not None
    now[0] += 11 * HOUR
    person.require("rollback")
    now[0] += 2 * HOUR
    with pytest.raises(AccessError):
        person.require("view")
    assert gate.person(visit) is None


def test_who_signs_out_ends_that_sign_in_alone(gate: Gate) -> None:
    """The page beside it may nothing more; the one on another machine goes on."""
    here, there = _request(), _request(1)
    pages = [gate.person(gate.visit(request)) for request in (here, there)]
    gate.end(here)
    assert gate.visit(here) is None
    assert [page.may("rollback") for page in pages if page] == [False, True]


def test_two_sign_ins_of_one_name_in_one_second_end_apart(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cookie's own time is in whole seconds; who signs out leaves the other browser signed in."""
    moment = time.time()
    monkeypatch.setattr(time, "time", lambda: moment)
    here, there = _request(), _request()
    visits = [gate.visit(request) for request in (here, there)]
    pages = [gate.person(visit) for visit in visits]
    gate.end(here)
    assert (gate.visit(here), gate.visit(there)) == (None, visits[1])
    assert [page.may("rollback") for page in pages if page] == [False, True]


def test_a_cookie_without_a_number_of_its_own_opens_nothing(gate: Gate) -> None:
    """Such as one signed by a workbench that knew none: its owner signs in anew."""
    assert gate.visit(_request(says="ada")) is None
    assert gate.visit(_request(says="0123456789abcdef:ada")) is not None


def test_a_sessions_token_tells_whose_it_is_and_not_what_signed_it(gate: Gate) -> None:
    """Whoever reads the page can read the token, too."""
    request = _request()
    visit = gate.visit(request)
    assert visit is not None
    payload = told(visit)
    assert visit_of(payload) == visit
    assert request.cookies[COOKIE].value.split("|")[-1] not in str(payload)
    assert visit_of({}) is None
    assert visit_of({"workbench_person": "ada"}) is None
