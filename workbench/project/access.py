"""`[access]`: who may look at the dashboards, and who may decide there."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from workbench.project.field import PositiveDuration, Text
from workbench.project.table import Table

RoleName = Literal["viewer", "scientist", "approver", "operator", "admin"]


def _user(value: object) -> object:
    if isinstance(value, str) and (not value.strip() or not value.isprintable() or " via " in value):
        raise ValueError(f"expected a name that can stand in the record, but got {value!r}")
    return value


UserName = Annotated[str, BeforeValidator(_user)]


class OidcConfig(Table):
    """`[access.oidc]`: sign-in by an identity provider, through Panel's OAuth.

    Attributes:
        provider: whose; `generic` is any that speaks OpenID Connect, its addresses under `urls`.
        key: the client's id there.
        secret: the environment variable that holds the client's secret.
        redirect: the address that the provider sends people back to; worked out from the request if left out.
        user: which claim names the person, as they stand in `[access.users]`.
        urls: for `generic`: `authorize`, `token` and `user`.
    """

    provider: Literal[
        "generic", "auth0", "azure", "azuread", "bitbucket", "github", "gitlab", "google", "okta"
    ]
    key: Text
    secret: Text = "WORKBENCH_OIDC_SECRET"  # noqa: S105 - the variable's name
    redirect: Text | None = None
    user: Text = "email"
    urls: dict[Literal["authorize", "token", "user"], Text] = Field(default_factory=dict)


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
