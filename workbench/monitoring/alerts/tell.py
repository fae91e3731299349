"""Tells channels what they have to hear, and records who heard and who did not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.errors import ConflictError, UnknownNameError
from workbench.ledger import Append, NewEvent
from workbench.monitoring.alerts.alert import Alert
from workbench.monitoring.alerts.change import NOTIFIED, UNNOTIFIED, AlertChange, stream_of
from workbench.monitoring.alerts.channel import exposed, load_services, send
from workbench.monitoring.alerts.consider import ACTOR
from workbench.monitoring.alerts.due import due
from workbench.monitoring.alerts.message import Message, compose
from workbench.monitoring.alerts.state import read_alerts

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.project import Project
    from workbench.project.automation import ChannelConfig

_TRIES = 50  # each lost try means that somebody else's write went through
_AT_ONCE = 8

Notice = tuple[str, Alert]
"""What happened, `fired`, `repeated` or `resolved`, and to which alert."""


@dataclass(frozen=True)
class Delivery:
    """A message to a channel, and whether it arrived.

    Attributes:
        alerts: ids of those that it told of.
        error: why it did not arrive; empty when it did.
        exposed: parts of the address that are secrets and stand in `workbench.toml`; of a trial only.
    """

    channel: str
    alerts: tuple[str, ...]
    error: str = ""
    exposed: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it arrived."""
        return not self.error

    def to_dict(self) -> dict[str, Any]:
        """Return the delivery as JSON."""
        return {
            "channel": self.channel,
            "alerts": list(self.alerts),
            "ok": self.ok,
            "error": self.error,
            "exposed": list(self.exposed),
        }


def tell(
    project: Project, ledger: Ledger, changes: Sequence[AlertChange] = (), *, now: datetime
) -> tuple[Delivery, ...]:
    """Tell every channel what it has to hear, also what it failed to hear on earlier occasions.

    A channel that fails is recorded and tried again at the next occasion; it raises nothing, and holds
    the others up by nothing. A process that dies between the sending and the record tells twice.

    Args:
        project: its channels.
        ledger: what they heard before; what they hear now is recorded there.
        changes: what has just happened; alerts of all declared models are looked at anyway.
        now: project time.
    """
    channels = list(project.config.channels.values())
    if not channels:
        return ()
    models = {*project.config.models, *(change.alert.model for change in changes)}
    alerts = [alert for model in sorted(models) for alert in read_alerts(ledger, model).alerts.values()]
    work = [(channel, _messages(project, alerts, channel, now)) for channel in channels]
    if any(messages for _, messages in work):
        load_services()  # here, for imports in several threads get into each other's way
    with ThreadPoolExecutor(min(_AT_ONCE, len(work)), thread_name_prefix="channel") as pool:
        sent = pool.map(lambda each: _send_all(project, *each), work)
        return tuple(
            _recorded(ledger, channel.name, notices, error)
            for (channel, _), answers in zip(work, sent, strict=True)
            for notices, error in answers
        )


def try_channel(project: Project, name: str) -> Delivery:
    """Send a message over a channel that says it is only a trial; nothing is recorded.

    Raises:
        UnknownNameError: there is no such channel.
    """
    if name not in project.config.channels:
        hint = "" if project.config.channels else "Declare it: [channels.NAME] with url = …"
        raise UnknownNameError("channel", name, project.config.channels, hint=hint)
    body = f"This is a trial: alerts of the project {project.name} arrive here, over the channel {name}."
    message = Message(f"[info] {project.name}: a trial", body, "info")
    config = project.config.channels[name]
    error = send(config, message, project.root)
    return Delivery(name, (), error, exposed=() if error else exposed(config, project.root))


def _messages(
    project: Project, alerts: Iterable[Alert], channel: ChannelConfig, now: datetime
) -> list[list[Notice]]:
    """Return what a channel has to hear, one list for each message: a group's alerts of a window are one."""
    found: dict[tuple[str, ...], list[Notice]] = {}
    for alert in alerts:
        rule = project.config.alerts.get(alert.rule)
        what = due(alert, rule, channel, now)
        if what:
            group = rule.group if rule else None
            key = ("group", group, alert.until.isoformat()) if group else ("alert", alert.model, alert.id)
            found.setdefault(key, []).append((what, alert))
    return list(found.values())


def _send_all(
    project: Project, channel: ChannelConfig, messages: Iterable[list[Notice]]
) -> list[tuple[list[Notice], str]]:
    """Send a channel's messages; after one that failed, the others are not tried on this occasion."""
    answers: list[tuple[list[Notice], str]] = []
    error = ""
    for notices in messages:
        error = error or send(channel, compose(project.name, notices), project.root)
        answers.append((notices, error))
    return answers


def _recorded(ledger: Ledger, channel: str, notices: Sequence[Notice], error: str) -> Delivery:
    kind = UNNOTIFIED if error else NOTIFIED
    for model in sorted({alert.model for _, alert in notices}):
        events = []
        for what, alert in notices:
            if alert.model == model:
                more = {"channel": channel, "what": what, **({"error": error} if error else {})}
                events.append(NewEvent(kind, {**alert.facts(), **more}, subject=model, key=alert.id))
        _append(ledger, stream_of(model), tuple(events))
    return Delivery(channel, tuple(alert.id for _, alert in notices), error)


def _append(ledger: Ledger, stream: str, events: tuple[NewEvent, ...]) -> None:
    for last in range(_TRIES, 0, -1):
        try:
            ledger.append(Append(stream, ledger.version(stream), events), actor=ACTOR)
        except ConflictError:
            if last == 1:
                raise
        else:
            return
