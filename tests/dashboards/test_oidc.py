"""Signing in at an identity provider: a real one, over HTTP, honest and not."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
from tornado.web import create_signed_value

from tests.dashboards.connection import connects, token_of
from tests.dashboards.identity import SECRET, Identity
from tests.dashboards.served import Served
from tests.registry.models import make_project
from workbench.access import OIDC, Role, set_role
from workbench.dashboards.app.gate import COOKIE, signed_in
from workbench.dashboards.app.secret import read_secrets
from workbench.errors import UsageError

VARIABLE = "WORKBENCH_OIDC_SECRET"
PEOPLE: dict[str, dict[str, Any]] = {
    "ada": {"email": "ada@example.com", "email_verified": True, "name": "Ada"},
    "bob": {"email": "bob@example.com", "email_verified": True},
    "liar": {"email": "ada@example.com", "email_verified": False},
    "mute": {"name": "nobody"},
    "odd": {"email": "ada@example.com via root", "email_verified": True},
    "list": {"email": ["ada@example.com"]},
}


@pytest.fixture(scope="module")
def identity() -> Iterator[Identity]:
    """A provider that knows some people."""
    made = Identity()
    made.people.update(PEOPLE)
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def _honest(identity: Identity) -> None:
    identity.reset()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, identity: Identity) -> Path:
    """A project in which Ada approves, and nobody else has a role."""
    made = make_project(tmp_path_factory.mktemp("oidc") / "shop", extra=identity.toml).root
    set_role(made, "ada@example.com", Role.APPROVER)
    return made


@pytest.fixture(scope="module")
def served(root: Path) -> Iterator[Served]:
    """It, served."""
    os.environ[VARIABLE] = SECRET
    made = Served(root)
    yield made
    made.close()


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    """A browser that follows nothing by itself."""
    with httpx.Client(base_url=served.url, timeout=30) as made:
        yield made


def test_who_the_provider_knows_comes_in_as_whom_the_project_knows(
    served: Served, client: httpx.Client, identity: Identity
) -> None:
    """Over a page of ours, to the page that was asked for; no token of the provider's is kept."""
    assert served.opened.way == OIDC
    asked = client.get("/overview?model=delay")
    assert asked.status_code == 302
    page = client.get(asked.headers["Location"])
    assert "Sign in at 127.0.0.1" in page.text
    answer = _come_back(client, identity, "ada", target="/overview?model=delay")
    assert answer.headers["Location"] == "./overview?model=delay"
    assert set(client.cookies) <= {COOKIE, "_xsrf"}
    (set_cookie,) = [one for one in answer.headers.get_list("Set-Cookie") if one.startswith(COOKIE)]
    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie
    text = client.get("/overview").text
    assert connects(served.url, token_of(text), client.cookies[COOKIE], served.url)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("bob", "knows you as bob@example.com, who has no role"),
        ("liar", "has not verified that ada@example.com"),
        ("mute", "does not tell the claim &#39;email&#39;"),
        ("list", "does not tell the claim &#39;email&#39;"),
        ("odd", "what cannot stand in the record"),
    ],
)
def test_whom_the_project_does_not_know_for_sure_stays_out(
    client: httpx.Client, identity: Identity, who: str, said: str
) -> None:
    """And is told why."""
    answer = _come_back(client, identity, who)
    assert answer.status_code == 403
    assert said in answer.text
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    "lies",
    [
        {"aud": "another client"},
        {"aud": ["dashboards", "another"], "azp": "another"},
        {"nonce": "of another attempt"},
        {"nonce": None},
        {"sub": "id-of-bob"},
        {"sub": None},
        {"exp": 1_000_000},
        {"exp": None},
    ],
    ids=str,
)
def test_an_id_token_for_something_else_opens_nothing(
    client: httpx.Client, identity: Identity, lies: dict[str, Any]
) -> None:
    """Another client's, another attempt's, another person's, an old one."""
    identity.lies = lies
    assert "not for this sign-in" in _come_back(client, identity, "ada").text
    assert COOKIE not in client.cookies


def test_a_provider_that_gives_no_id_token_lets_nobody_in(client: httpx.Client, identity: Identity) -> None:
    """It would tie nothing to this attempt."""
    identity.gives_id_token = False
    assert _come_back(client, identity, "ada").status_code == 403
    assert COOKIE not in client.cookies


def test_what_was_begun_elsewhere_is_not_ended_here(client: httpx.Client, identity: Identity) -> None:
    """Nobody can sign somebody's browser in as another person; the provider is not even asked."""
    with httpx.Client(base_url=client.base_url, timeout=30) as attacker:
        back = _granted(attacker, identity, "ada")
    identity.asked.clear()
    for address in (back, f"{back}x", "/login?code=1&state=", "/login?code=1", "/login?error=1&state=%00"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "not begun in this browser" in answer.text
    assert not identity.asked
    assert COOKIE not in client.cookies


@pytest.mark.parametrize("checks_proof", [True, False])
def test_a_stolen_code_is_worth_nothing_in_another_attempt(
    client: httpx.Client, identity: Identity, *, checks_proof: bool
) -> None:
    """The proof does not fit, and where the provider does not look at it, the nonce does not."""
    identity.checks_proof = checks_proof
    with httpx.Client(base_url=client.base_url, timeout=30) as victim:
        stolen = parse_qs(urlsplit(_granted(victim, identity, "ada")).query)["code"][0]
    state = parse_qs(urlsplit(_granted(client, identity, "bob")).query)["state"][0]
    answer = client.get("/login", params={"code": stolen, "state": state})
    assert answer.status_code == 403
    assert ("invalid_grant" if checks_proof else "not for this sign-in") in answer.text
    assert COOKIE not in client.cookies


def test_an_attempt_is_good_once(client: httpx.Client, identity: Identity) -> None:
    """The address that somebody came back to leads nowhere later."""
    back = _granted(client, identity, "ada")
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 403


def test_two_windows_may_sign_in_at_once(client: httpx.Client, identity: Identity) -> None:
    """In any order."""
    first, second = _granted(client, identity, "ada"), _granted(client, identity, "ada")
    assert client.get(first).status_code == 302
    assert client.get(second).status_code == 302


def test_a_refusal_of_the_providers_is_shown_as_text(client: httpx.Client, identity: Identity) -> None:
    """Whatever it says."""
    state = parse_qs(urlsplit(_granted(client, identity, "ada")).query)["state"][0]
    said = {"error": "access_denied", "error_description": "<script>alert(1)</script>", "state": state}
    answer = client.get("/login", params=said)
    assert answer.status_code == 403
    assert "did not let you in: &lt;script&gt;" in answer.text


def test_while_the_provider_is_down_the_page_says_so(client: httpx.Client, identity: Identity) -> None:
    """And lets people in when it is back."""
    back = _granted(client, identity, "ada")
    identity.stop()
    try:
        answer = client.get(back)
    finally:
        identity.start()
    assert answer.status_code == 502
    assert "cannot be reached" in answer.text
    assert "Sign in at" in answer.text
    assert _come_back(client, identity, "ada").status_code == 302


def test_a_role_that_is_given_or_taken_counts_at_once(
    root: Path, client: httpx.Client, identity: Identity
) -> None:
    """Without a new start and without a new sign-in."""
    assert _come_back(client, identity, "bob").status_code == 403
    set_role(root, "bob@example.com", Role.VIEWER)
    assert _come_back(client, identity, "bob").status_code == 302
    assert client.get("/overview").status_code == 200
    set_role(root, "bob@example.com", None)
    assert client.get("/overview").status_code == 302


def test_others_have_the_role_that_the_project_gives_them(
    root: Path, client: httpx.Client, identity: Identity
) -> None:
    """Whoever the provider knows, while the file says so."""
    file = root / "workbench.toml"
    before = file.read_text()
    file.write_text(before.replace("[access.users]", '[access]\nothers = "viewer"\n\n[access.users]'))
    assert 'others = "viewer"' in file.read_text()
    try:
        assert _come_back(client, identity, "bob").status_code == 302
        assert client.get("/overview").status_code == 200
    finally:
        file.write_text(before)
    assert client.get("/overview").status_code == 302


def test_who_signs_out_is_out_wherever_the_cookie_is(client: httpx.Client, identity: Identity) -> None:
    """A copy of it opens nothing, neither do pages that were open; the provider still knows them, it says."""
    _come_back(client, identity, "ada")
    copy = client.cookies[COOKIE]
    left = client.get("/logout")
    page = client.get(urljoin(f"{client.base_url}", left.headers["Location"]))
    assert "You are signed out here. 127.0.0.1 may still know you." in page.text
    assert COOKIE not in client.cookies
    with httpx.Client(base_url=client.base_url, cookies={COOKIE: copy}) as other:
        assert other.get("/overview").status_code == 302


def test_a_sign_in_ends_when_the_project_says(root: Path, served: Served) -> None:
    """Twelve hours after, unless configured; by whatever cookie."""
    key = read_secrets(root / ".workbench").cookies
    for hours, status in ((11, 200), (13, 302)):
        cookie = _signed(key, time.time() - hours * 3600)
        with httpx.Client(base_url=served.url, cookies={COOKIE: cookie.decode()}, timeout=30) as client:
            assert client.get("/overview").status_code == status


def test_without_the_clients_secret_the_server_does_not_start(
    root: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the variable; and what it was given it does not leave to processes that it starts."""
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(UsageError, match=f"{VARIABLE}, which is to hold the secret") as caught:
        Served(root)
    assert f"export {VARIABLE}=" in caught.value.hint
    monkeypatch.setenv(VARIABLE, SECRET)
    Served(root).close()
    assert VARIABLE not in os.environ


def _signed(key: str, began: float) -> bytes:
    return create_signed_value(key, COOKIE, signed_in("ada@example.com"), clock=lambda: began)


def _granted(client: httpx.Client, identity: Identity, who: str, target: str = "") -> str:
    """Return the address to which somebody comes back from the provider."""
    away = client.get("/login", params={"begin": "1", "next": target})
    assert away.status_code == 302
    assert away.headers["Location"].startswith(f"{identity.url}/authorize?")
    query = {name: values[0] for name, values in parse_qs(urlsplit(away.headers["Location"]).query).items()}
    assert query["redirect_uri"] == f"{str(client.base_url).rstrip('/')}/login"
    with httpx.Client(timeout=30) as browser:
        sent = browser.post(f"{identity.url}/authorize", data={**query, "who": who})
    return sent.headers["Location"]


def _come_back(client: httpx.Client, identity: Identity, who: str, target: str = "") -> httpx.Response:
    return client.get(_granted(client, identity, who, target))
