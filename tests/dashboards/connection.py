"""What a browser does with a page's token: it opens a websocket."""

from __future__ import annotations

import base64
import re
import socket
from contextlib import closing
from urllib.parse import urlsplit

from websocket import WebSocket, WebSocketBadStatusException, WebSocketConnectionClosedException


def token_of(text: str) -> str:
    """Return the token in a page."""
    found = re.search(r'"token":"([^"]+)"', text)
    assert found
    return found[1]


def token_text(token: str) -> str:
    """Return what a token says to whoever looks."""
    return "".join(
        base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("latin-1") for part in token.split(".")
    )


def connects(
    url: str, token: str, cookie: str, origin: str, page: str = "overview", *, until_ready: bool = True
) -> bool:
    """Whether a websocket opens and the server says that it is ready.

    Args:
        url: of the server.
        token: of a page.
        cookie: of a sign-in.
        origin: from which site it says to come.
        page: whose websocket.
        until_ready: False when it is enough that the door opens, which is when it is asked who comes.
    """
    place = urlsplit(url)
    with closing(socket.create_connection((place.hostname or "", place.port or 80), timeout=20)) as line:
        connection = WebSocket()
        try:
            connection.connect(  # type: ignore[no-untyped-call]
                f"ws://{place.netloc}{place.path}/{page}/ws",
                socket=line,
                cookie=f"user={cookie}",
                origin=origin,
                subprotocols=["bokeh", token],
            )
            return not until_ready or bool(connection.recv())
        except (WebSocketBadStatusException, WebSocketConnectionClosedException):
            return False
