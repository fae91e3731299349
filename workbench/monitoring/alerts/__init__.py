"""Alerts: rules over windows, states folded from the ledger, causes, and who is told."""

from workbench.monitoring.alerts.alert import Alert, AlertState
from workbench.monitoring.alerts.answer import acknowledge, resolve
from workbench.monitoring.alerts.change import AlertChange
from workbench.monitoring.alerts.consider import consider
from workbench.monitoring.alerts.state import ModelAlerts, find_alert, list_alerts, read_alerts
from workbench.monitoring.alerts.tell import Delivery, tell, try_channel

__all__ = [
    "Alert",
    "AlertChange",
    "AlertState",
    "Delivery",
    "ModelAlerts",
    "acknowledge",
    "consider",
    "find_alert",
    "list_alerts",
    "read_alerts",
    "resolve",
    "tell",
    "try_channel",
]
