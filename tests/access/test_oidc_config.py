"""What `[access.oidc]` may say; what would let in anybody is refused before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.registry.models import make_project
from workbench.access import OIDC, Directory
from workbench.dashboards.app.provider import Attempt, Provider
from workbench.errors import ConfigurationError
from workbench.project.access import OidcConfig

URLS = (
    "urls = { "
    + ", ".join(f'{name} = "https://id.example/{name[0]}"' for name in ("authorize", "token", "user"))
    + " }"
)
GOOD = {
    "generic": URLS,
    "auth0": 'domain = "example.eu.auth0.com"',
    "azure": 'tenant = "example.onmicrosoft.com"',
    "bitbucket": "",
    "github": "",
    "gitlab": 'domain = "git.example.com:8443"',
    "google": "",
    "okta": 'domain = "example.okta.com"',
}
BAD = {
    "no address": ("generic", "", "needs urls"),
    "half of the addresses": ("generic", 'urls = { token = "https://id.example/t" }', "authorize, user"),
    "an address in the clear": ("generic", URLS.replace("https", "http", 1), "begins with https://"),
    "no address at all": (
        "generic",
        URLS.replace("https://id.example/a", "authorize"),
        "begins with https://",
    ),
    "an address with a query": ("generic", URLS.replace("/a", "/a?x=1"), "begins with https://"),
    "addresses of a known one": ("google", URLS, "takes no urls"),
    "no domain": ("okta", "", "needs domain"),
    "a domain that is a path": ("auth0", 'domain = "evil.example/?x="', "expected a domain"),
    "no tenant": ("azure", "", "needs tenant"),
    "any tenant": ("azure", 'tenant = "common"', "anybody's"),
    "somebody unknown": ("nobody", "", "nobody"),
}


def _extra(provider: str, more: str) -> str:
    return f'\n[access.oidc]\nprovider = "{provider}"\nkey = "us"\n{more}\n'


@pytest.mark.parametrize("provider", GOOD)
def test_each_provider_is_asked_by_https_at_its_own_addresses(tmp_path: Path, provider: str) -> None:
    """With state, nonce and proof, each attempt its own."""
    project = make_project(tmp_path / "shop", extra=_extra(provider, GOOD[provider]))
    config = project.config.access.oidc
    assert config is not None
    assert Directory(project).way == OIDC
    made = Provider(config, "secret")
    first, second = (made.away(Attempt.begin(""), "https://us.example/login") for _ in range(2))
    assert first.startswith("https://")
    assert "{" not in first
    for name in ("state", "nonce", "code_challenge"):
        values = [address.partition(f"{name}=")[2].partition("&")[0] for address in (first, second)]
        assert all(len(value) == 43 for value in values), name
        assert values[0] != values[1]
    assert "secret" not in first


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_or_lets_in_anybody_is_refused(tmp_path: Path, what: str) -> None:
    """With the file, the key and what was expected."""
    provider, more, said = BAD[what]
    with pytest.raises(ConfigurationError, match=said):
        make_project(tmp_path / "shop", extra=_extra(provider, more))


@pytest.mark.parametrize("provider", ["bitbucket", "github", "gitlab", "google"])
def test_where_anybody_may_have_an_account_others_have_no_role(tmp_path: Path, provider: str) -> None:
    """A GitLab of one's own is not such a place."""
    extra = '\n[access]\nothers = "viewer"\n' + _extra(provider, "")
    with pytest.raises(ConfigurationError, match="would let in everybody"):
        make_project(tmp_path / "shop", extra=extra)
    if provider == "gitlab":
        make_project(tmp_path / "forge", extra=extra + 'domain = "git.example.com"\n')


@pytest.mark.parametrize("provider", GOOD)
def test_a_secret_never_goes_along_in_the_clear(provider: str) -> None:
    """Token and person are asked for by https as well."""
    values = {name: "x.example" for name in ("domain", "tenant") if f"{name} =" in GOOD[provider]}
    urls = {name: f"https://id.example/{name}" for name in ("authorize", "token", "user")}
    config = OidcConfig.model_validate(
        {"provider": provider, "key": "us", **values, **({"urls": urls} if provider == "generic" else {})}
    )
    known = Provider(config, "secret")._known
    assert all(
        address.startswith("https://") and "{" not in address
        for address in (known.authorize, known.token, known.user)
    )
