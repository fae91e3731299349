"""Which channels have to hear what of an alert: decided by what they heard before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from workbench.monitoring.alerts.alert import Alert, AlertState, severe_enough

if TYPE_CHECKING:
    from workbench.project.automation import AlertConfig, ChannelConfig

LATE = timedelta(days=7)


def due(alert: Alert, rule: AlertConfig | None, channel: ChannelConfig, now: datetime) -> str:
    """Return what a channel has to hear of an alert now: `fired`, `repeated`, `resolved`; empty for nothing.

    Whatever failed to arrive is due again, as the alert is by then. Of an alert that is over, only those
    hear who heard that it fired or should have, for at most a week.

    Args:
        alert: as it is now.
        rule: its rule; None when `workbench.toml` declares it no more.
        channel: who would hear.
        now: project time.
    """
    told = alert.told.get(channel.name)
    if alert.state is AlertState.RESOLVED:
        concerned = (told is not None and told.what != "resolved") or (
            told is None and channel.name in alert.untold
        )
        return "resolved" if concerned and now - alert.changed <= LATE else ""
    if alert.state is not AlertState.FIRING or rule is None or not _hears(alert, rule, channel):
        return ""
    if told is None:
        return "fired"
    again = alert.until > told.until and now - told.at >= rule.cooldown
    return "repeated" if again else ""


def _hears(alert: Alert, rule: AlertConfig, channel: ChannelConfig) -> bool:
    named = rule.channels is None or channel.name in rule.channels
    return named and severe_enough(alert.severity, channel.least)
