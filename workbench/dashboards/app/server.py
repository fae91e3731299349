"""All pages on one port, with everything that keeps strangers out."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from panel.io.application import build_applications
from panel.io.server import get_server

from workbench.access import OIDC, OPEN, Directory
from workbench.dashboards.app.delivery import lighten
from workbench.dashboards.app.design import prepare
from workbench.dashboards.app.gate import Gate
from workbench.dashboards.app.headers import SafeHeaders
from workbench.dashboards.app.look import COOKIE
from workbench.dashboards.app.page import Page, find_pages
from workbench.dashboards.app.provider import Provider
from workbench.dashboards.app.refusals import Link, RefusalPage, RefusalSite
from workbench.dashboards.app.routes import Component, Misdirected, NotHere, Welcome, Whose, frame_routes
from workbench.dashboards.app.secret import read_secrets
from workbench.dashboards.app.session import Site
from workbench.dashboards.app.sign_in import SignIn
from workbench.dashboards.app.silence import spare_words
from workbench.dashboards.app.warming import warm
from workbench.errors import UsageError
from workbench.insight import Store

if TYPE_CHECKING:
    from panel.io.server import Server

    from workbench.clock import Clock
    from workbench.project import Project

_WARM_UP = 1.0  # seconds to wait for a ledger; what takes longer is read while pages are shown
_KEPT = 20_000  # milliseconds for which a page is kept that nobody is connected with
_MESSAGE = 20 * 2**20  # bytes of one websocket message
_LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Opened:
    """What is told when the server answers.

    Attributes:
        url: of the first page.
        pages: that are served.
        way: how people sign in: open, passwords or oidc.
        broken: files of pages that could not be loaded, and why.
    """

    url: str
    pages: tuple[Page, ...]
    way: str
    broken: dict[str, Exception]


def serve(
    project: Project,
    clock: Clock,
    *,
    host: str = "127.0.0.1",
    port: int = 5006,
    origins: Sequence[str] = (),
    prefix: str = "",
    opened: Callable[[Opened], None] = lambda _: None,
) -> None:
    """Serve a project's dashboards until they are interrupted.

    Args:
        project: whose.
        clock: tells project time.
        host: the address to listen on; only a loopback one where nobody has to sign in.
        port: the TCP port; 0 takes a free one.
        origins: addresses under which browsers reach the server besides its own, as `host:port`.
        prefix: what stands before every path.
        opened: called once it answers.

    Raises:
        UsageError: it may not listen there, the port is taken, or the secret of an identity provider's
            client is missing.
    """
    with closing(Store(project, clock)) as store:
        server, told = make_server(store, host=host, port=port, origins=origins, prefix=prefix)
        server.start()
        server.io_loop.add_callback(opened, told)
        server.io_loop.add_callback(warm, store)
        try:
            server.io_loop.start()
        except KeyboardInterrupt:
            pass
        finally:
            server.stop()


def make_server(
    store: Store,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    origins: Sequence[str] = (),
    prefix: str = "",
    loop: Any = None,
) -> tuple[Server, Opened]:
    """Return a server that is not started yet, and what it serves; see `serve`."""
    project = store.project
    directory = Directory(project)
    allowed = (*project.config.access.origins, *origins)
    _check_host(host, directory, allowed)
    provider = _provider(directory)
    port = port or _free_port(host)
    pages, broken = find_pages(project.root)
    gate = Gate(directory, read_secrets(project.layout.state))
    site = Site(store, gate, pages)
    store.refresh(wait=_WARM_UP)
    prepare()
    spare_words()
    applications = build_applications(
        {f"/{page.path}": site.opener(page) for page in pages}, title={f"/{p.path}": p.title for p in pages}
    )
    for page in pages:
        applications[f"/{page.path}"].add(Whose(gate, page.permission))
    server = get_server(
        applications,
        port=port,
        address=host,
        loop=loop,
        websocket_origin=[*(f"{name}:{port}" for name in (*_LOOPBACK, host)), *allowed],
        cookie_secret=gate.secrets.cookies,
        **_settings(store, gate, pages, prefix, provider),
    )
    _keep_out(server, gate, host, allowed)
    first = Link(pages[0].path, pages[0].title) if pages else Link("", "Dashboards")
    shown = RefusalSite(gate, project.name, server._tornado.prefix, first)
    server._tornado.add_transform(partial(RefusalPage, shown))
    lighten(server._tornado)
    return server, Opened(_url(host, port, prefix), pages, directory.way, broken)


def _settings(
    store: Store, gate: Gate, pages: Sequence[Page], prefix: str, provider: Provider | None
) -> dict[str, Any]:
    """Return what Bokeh's server is told besides."""
    sign_in = {} if gate.is_open else {"auth_provider": SignIn(gate, store.project.name, provider)}
    return {
        **sign_in,
        "prefix": prefix,
        "xsrf_cookies": True,
        "sign_sessions": True,
        "secret_key": gate.secrets.sessions,
        "session_token_expiration": int(gate.directory.access.session.total_seconds()),
        "include_headers": [],
        "include_cookies": [COOKIE],  # no cookie that opens a door stands in a page
        "websocket_max_message_size": _MESSAGE,
        "keep_alive_milliseconds": 20_000,
        "unused_session_lifetime_milliseconds": _KEPT,
        "check_unused_sessions_milliseconds": _KEPT // 4,
        "extra_patterns": [
            (r"/?", Welcome, {"first": pages[0].path if pages else ""}),
            *frame_routes(store, gate, pages),
        ],
    }


def _keep_out(server: Server, gate: Gate, host: str, allowed: Sequence[str]) -> None:
    """Answer no request for another host's name, and nothing that lets other sites embed a page."""
    tornado = server._tornado
    names = {*_LOOPBACK, "::1", host, *(urlsplit(f"//{origin}").hostname for origin in allowed)}
    ours = "|".join(re.escape(name) for name in names if name)
    tornado.add_handlers(rf"^(?!\[?(?:{ours})\]?$).*$", [(r".*", Misdirected)])
    guarded = [
        (r".*/(?:autoload\.js|metadata)", NotHere),
        (r".*/components/(.*)", Component, {"gate": gate}),
    ]
    tornado.add_handlers(r".*", guarded)
    tornado.add_transform(SafeHeaders)


def _provider(directory: Directory) -> Provider | None:
    oidc = directory.access.oidc
    return Provider.of(oidc, os.environ) if directory.way == OIDC and oidc else None


def _check_host(host: str, directory: Directory, allowed: Sequence[str]) -> None:
    if host in ("localhost", "::1") or host.startswith("127."):
        return
    if directory.way == OPEN:
        raise UsageError(
            f"The dashboards do not listen on {host}: nobody has to sign in, and whoever reaches them may "
            "do everything.",
            hint="Give people roles first: workbench access add NAME --role admin",
        )
    if not allowed:
        raise UsageError(
            f"The dashboards do not listen on {host} without knowing at which address browsers find them.",
            hint='Say so in workbench.toml: [access] origins = ["models.example.com"]',
        )


def _free_port(host: str) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _url(host: str, port: int, prefix: str) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - only shown
    shown = f"[{shown}]" if ":" in shown and not shown.startswith("[") else shown
    return f"http://{shown}:{port}{prefix}/"
