"""Sends one message over one channel, by Apprise."""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from workbench.data.source.credentials import Credentials
from workbench.errors import WorkbenchError, nearest

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.monitoring.alerts.message import Message
    from workbench.project.automation import ChannelConfig

_RETRIES = 2
_PAUSE = 0.5  # seconds before another try
_PATIENCE = 20.0  # seconds for all tries: nothing may wait long for a channel
_TYPES = {"info": "info", "warning": "warning", "critical": "failure", "resolved": "success"}


def send(config: ChannelConfig, message: Message, root: Path) -> str:
    """Send a message and return an empty text, or why it did not arrive, without any secret.

    What fails is tried again twice within 20 s; Apprise remembers which of several receivers has the
    message already.

    Args:
        config: the channel.
        message: plain text; it arrives as text, whatever its receiver makes of HTML or Markdown.
        root: the project's folder, whose secrets are used.
    """
    credentials = Credentials(root)
    try:
        why = _send(credentials.in_uri(config.url), message)
    except WorkbenchError as error:
        why = error.message
    except Exception as error:  # noqa: BLE001 - a hundred services by other people, each with errors of its own
        why = f"{type(error).__name__}: {error}"
    return credentials.concealed(" ".join(why.split()))[:500]


@cache
def load_services() -> None:
    """Import what Apprise knows of a hundred services; what those import may warn of its own age."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from apprise.manager_plugins import NotificationManager

        NotificationManager().load_modules()


def exposed(config: ChannelConfig, root: Path) -> tuple[str, ...]:
    """Return which secret parts of a channel's address stand in `workbench.toml` for all to read.

    Args:
        config: the channel.
        root: the project's folder, whose secrets are used.
    """
    service = _open(Credentials(root).in_uri(config.url))
    if isinstance(service, str):
        return ()
    written = unquote(config.url)
    private = [
        (key, each.get("map_to", key)) for key, each in service.template_tokens.items() if each.get("private")
    ]
    values = {key: getattr(service, name, None) for key, name in private}
    return tuple(
        key for key, value in values.items() if value and isinstance(value, str) and value in written
    )


def _send(url: str, message: Message) -> str:
    from apprise import Apprise

    service = _open(url)
    if isinstance(service, str):
        return service
    with Apprise(service, asset=service.asset).notify(
        message.body,
        title=message.title,
        notify_type=_TYPES[message.severity],
        body_format="text",
        timeout=_PATIENCE,
    ) as result:
        return "" if result else _why(result)


def _open(url: str) -> Any:
    """Return Apprise's service of an address; why there is none as a text."""
    from apprise import Apprise, AppriseAsset
    from apprise.exception import AppriseException

    load_services()
    asset = AppriseAsset(
        app_id="Workbench",
        app_desc="Workbench",
        app_url="",
        async_mode=False,
        allow_templates=False,
        interpret_escapes=False,
        interpret_emojis=False,
        storage_mode="memory",
        default_service_retry=_RETRIES,
        default_service_wait=_PAUSE,
        service_timeout=_PATIENCE,
    )
    try:
        service = Apprise.instantiate(url, asset=asset, suppress_exceptions=False)
    except (TypeError, AppriseException) as error:  # what Apprise raises for an incomplete address
        return str(error)
    return _unknown(url) if service is None else service


def _why(result: Any) -> str:
    said = list(
        dict.fromkeys(entry.message for entry in result.logs() if entry.level in ("WARNING", "ERROR"))
    )
    return "; ".join(said) or f"the service answered {result.status.name.lower()}"


def _unknown(url: str) -> str:
    from apprise.manager_plugins import NotificationManager

    scheme, known = url.partition("://")[0], NotificationManager().schemas()
    if scheme in known:
        return f"this is no complete address of {scheme}://"
    close = nearest(scheme, known)
    return f"Apprise knows no service {scheme}://" + (f"; did you mean {close}://?" if close else "")
