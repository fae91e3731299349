"""`[access]`: who may look at the dashboards, and who may decide there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator

from workbench.project.field import PositiveDuration, Text
from workbench.project.table import Table

RoleName = Literal["viewer", "scientist", "approver", "operator", "admin"]


def _user(value: object) -> object:
    if isinstance(value, str) and (not value.strip() or not value.isprintable() or " via " in value):
        raise ValueError(f"expected a name that can stand in the record, but got {value!r}")
    return value


def _address(value: object) -> object:
    if isinstance(value, str):
        parts = urlsplit(value)
        is_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
        if not parts.hostname or parts.query or parts.fragment or not (parts.scheme == "https" or is_here):
            raise ValueError(f"expected an address that begins with https://, but got {value!r}")
    return value


def _domain(value: object) -> object:
    if isinstance(value, str) and not _DOMAIN.fullmatch(value):
        raise ValueError(f"expected a domain, like 'example.okta.com', but got {value!r}")
    return value


UserName = Annotated[str, BeforeValidator(_user)]
Address = Annotated[str, BeforeValidator(_address)]
Domain = Annotated[str, BeforeValidator(_domain)]
_DOMAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?")
_TAKES = {
    "generic": ("urls",),
    "auth0": ("domain",),
    "okta": ("domain",),
    "gitlab": ("domain",),
    "azure": ("tenant",),
}
_URLS = ("authorize", "token", "user")
_PUBLIC = ("bitbucket", "github", "gitlab", "google")
"""Where anybody may open an account."""


class OidcConfig(Table):
    """`[access.oidc]`: sign-in at an identity provider, by OpenID Connect.

    Attributes:
        provider: whose; `generic` is any that speaks OpenID Connect, its addresses under `urls`.
        key: the client's id there.
        secret: the environment variable that holds the client's secret.
        redirect: the address that the provider sends people back to, `https://…/login`; worked out from
            the request if left out.
        user: which claim names the person, as they stand in `[access.users]`; if left out the `email`, at
            GitHub the `login`, at Bitbucket the `username`.
        domain: of an account at auth0 or okta, or of a GitLab of one's own.
        tenant: of azure.
        urls: for `generic`: `authorize`, `token` and `user`, where it tells who somebody is.
    """

    provider: Literal["generic", "auth0", "azure", "bitbucket", "github", "gitlab", "google", "okta"]
    key: Text
    secret: Text = "WORKBENCH_OIDC_SECRET"  # noqa: S105 - the variable's name
    redirect: Address | None = None
    user: Text | None = None
    domain: Domain | None = None
    tenant: Domain | None = None
    urls: dict[Literal["authorize", "token", "user"], Address] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        takes = _TAKES.get(self.provider, ())
        for name in ("urls", "domain", "tenant"):
            if getattr(self, name) and name not in takes:
                raise ValueError(f"provider {self.provider!r} takes no {name}")
            if not getattr(self, name) and name in takes and self.provider != "gitlab":
                raise ValueError(f"provider {self.provider!r} needs {name}")
        missing = [name for name in _URLS if name not in self.urls]
        if self.urls and missing:
            raise ValueError(
                f"expected urls.authorize, .token and .user, but {', '.join(missing)} is missing"
            )
        if self.tenant in ("common", "organizations", "consumers"):
            raise ValueError(
                f"expected one tenant's id or domain, but got {self.tenant!r}, which is anybody's"
            )
        return self


class AccessConfig(Table):
    """`[access]`: without it the dashboards answer this machine only, and one person may do everything.

    Attributes:
        users: each person's role, by the name that they sign in with.
        others: the role of whoever the identity provider knows and `users` does not; nobody's if left out.
        passwords: the file of their argon2 hashes, which `workbench access add` writes.
        session: after which everybody signs in anew.
        origins: under which addresses browsers reach the dashboards, such as `models.example.com`.
        oidc: sign-in by an identity provider in place of passwords.
    """

    users: dict[UserName, RoleName] = Field(default_factory=dict)
    others: RoleName | None = None
    passwords: Text = ".workbench/passwords"
    session: PositiveDuration = timedelta(hours=12)
    origins: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    oidc: OidcConfig | None = None

    @model_validator(mode="after")
    def _is_not_everybodys(self) -> Self:
        oidc = self.oidc
        if oidc and self.others and oidc.provider in _PUBLIC and not oidc.domain:
            raise ValueError(
                f"others = {self.others!r} would let in everybody who has an account at {oidc.provider}; "
                "name people in [access.users]"
            )
        return self
