"""What happens by itself: `[schedules.NAME]`, `[triggers.NAME]`, `[alerts.NAME]`, `[channels.NAME]`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from workbench.project.field import Cron, Delay, Name, Names, PositiveDuration, Text, Timezone
from workbench.project.table import NamedTable

CheckKind = Literal[
    "drift",
    "prediction_drift",
    "label_drift",
    "quality",
    "performance",
    "estimate",
    "service",
    "challenger",
]


def _by_stage(value: Any) -> Any:
    """Bring `{ train.seed = 1 }`, which TOML nests, to `{ "train.seed" = 1 }`."""
    if not isinstance(value, dict):
        return value
    flat: dict[str, Any] = {}
    for key, item in value.items():
        nested = isinstance(item, dict) and "." not in key
        flat |= {f"{key}.{name}": each for name, each in item.items()} if nested else {key: item}
    return flat


Parameters = Annotated[dict[str, Any], BeforeValidator(_by_stage)]


class ScheduleConfig(NamedTable):
    """`[schedules.NAME]`: what is done at certain times: one of pipeline, monitor and judge.

    Clocks that are put forward or back skip no time and repeat none that is named by its hour.

    Attributes:
        cron: five fields, as cron has them.
        timezone: in which they are meant.
        pipeline: is run.
        monitor: a model whose last whole window is looked at.
        judge: a model whose challenger is judged.
        parameters: of the pipeline by `STAGE.NAME`; in texts `{due}`, `{due - 28d}` are days.
        catch_up: which of several missed times are done late: all, none, or only the latest, and that only
            where no newer time is done anyway.
        grace: a time that lies back by no more is done; by more, it counts as missed.
        commit: the git commit whose notebooks run; "live" takes them as they are.
        paused: whether it stands still.
    """

    cron: Cron
    timezone: Timezone = "UTC"
    pipeline: Name | None = None
    monitor: Name | None = None
    judge: Name | None = None
    parameters: Parameters = Field(default_factory=dict)
    catch_up: Literal["latest", "all", "none"] = "latest"
    grace: PositiveDuration = timedelta(hours=1)
    commit: Text = "live"
    paused: bool = False


class TriggerConfig(NamedTable):
    """`[triggers.NAME]`: a pipeline that starts because something has happened.

    Attributes:
        on: an alert fires, or goes on firing; a dataset gets a new version by a run that this trigger has not
            started; so many labels arrive; so much time passes.
        pipeline: is run.
        model: whose alerts and labels count.
        alerts: only these rules; all of the model when left out.
        dataset: whose new versions count.
        labels: how many new ones since the last start.
        every: how much time since the last start.
        parameters: of the pipeline by `STAGE.NAME`; in texts `{today}`, `{today - 28d}` are days.
        timezone: of those days.
        cooldown: the least time between two starts; a trigger that is held starts later if its cause stands.
        budget: starts at most in `budget_time`.
        budget_time: see there.
    """

    on: Literal["alert", "data", "labels", "time"]
    pipeline: Name
    model: Name | None = None
    alerts: Names = ()
    dataset: Name | None = None
    labels: Annotated[int, Field(ge=1)] | None = None
    every: PositiveDuration | None = None
    parameters: Parameters = Field(default_factory=dict)
    timezone: Timezone = "UTC"
    cooldown: Delay = timedelta(0)
    budget: Annotated[int, Field(ge=1)] | None = None
    budget_time: PositiveDuration = timedelta(days=30)


class AlertConfig(NamedTable):
    """`[alerts.NAME]`: when somebody is told.

    Attributes:
        model: whose windows are looked at.
        on: the kinds of checks that count: drift, prediction_drift, label_drift, quality, performance,
            estimate, service, challenger.
        names: only checks of these names (columns, metrics); all when left out.
        windows: how many windows in a row must fail before it fires (persistence).
        resolve: how many must pass in a row before it is resolved by itself.
        inconclusive: whether a window that could not be judged counts as failed, or as nothing.
        severity: for those who are told.
        cooldown: the least time between two notifications of one alert that keeps firing.
        group: alerts of one group and window are told in one message.
        channels: who is told; all channels when left out.
    """

    model: Name
    on: Annotated[tuple[CheckKind, ...], Field(strict=False, min_length=1)]
    names: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    windows: Annotated[int, Field(ge=1)] = 1
    resolve: Annotated[int, Field(ge=1)] = 1
    inconclusive: bool = False
    severity: Literal["info", "warning", "critical"] = "warning"
    cooldown: Delay = timedelta(days=1)
    group: Text | None = None
    channels: Names | None = None


class ChannelConfig(NamedTable):
    """`[channels.NAME]`: where alerts go.

    Attributes:
        url: Apprise's, such as `mailto://…` or `slack://…`; `secret:NAME` takes it from the environment.
        least: alerts of less severity are not told here.
    """

    url: Text
    least: Literal["info", "warning", "critical"] = "info"
