"""Whether alerts and channels name what there is, and keep secrets to themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.project.fault import suggestion
from workbench.project.finding import Finding

if TYPE_CHECKING:
    from workbench.project.config import ProjectConfig

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S*|secret:[A-Za-z_][A-Za-z0-9_]*")
_PASSWORD = re.compile(r"://[^/@:\s?]*:(?!secret:)[^/@\s?]+@")
_ASKED = re.compile(
    r"[?&](pass|password|pw|token|key|apikey|api_key|secret)=(?!secret:)[^&\s]", re.IGNORECASE
)


def alerts(config: ProjectConfig) -> Iterator[Finding]:
    """Yield names that alerts use and nothing has."""
    for alert in config.alerts.values():
        key = f"alerts.{alert.name}"
        if alert.model not in config.models:
            hint = suggestion(alert.model, config.models, "models")
            yield Finding(f"{key}.model", f"there is no model named {alert.model!r}.", hint)
        for name in alert.channels or ():
            if name not in config.channels:
                hint = suggestion(name, config.channels, "channels")
                yield Finding(f"{key}.channels", f"there is no channel named {name!r}.", hint)


def channels(config: ProjectConfig) -> Iterator[Finding]:
    """Yield addresses that are none, and passwords that stand in them."""
    for channel in config.channels.values():
        key = f"channels.{channel.name}.url"
        if not _ADDRESS.fullmatch(channel.url):
            hint = (
                "Write it as Apprise has it, such as mailto://user:secret:NAME@host or secret:NAME for all."
            )
            yield Finding(key, "expected an address such as mailto://… or slack://…, but this is none.", hint)
        elif _PASSWORD.search(channel.url) or _ASKED.search(channel.url):
            hint = "Write secret:NAME in its place, and set that secret in the environment."
            yield Finding(key, "a password stands in it for all to read.", hint)
