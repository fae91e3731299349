"""What a project declares to be done by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from workbench.project import Project
from workbench.project.automation import ScheduleConfig, TriggerConfig
from workbench.project.template import render
from workbench.scheduling.claim import JUDGE, MONITOR, PIPELINE

_SETTLED = {
    *("cron", "timezone", "pipeline", "monitor", "judge", "paused"),
    *("on", "model", "alerts", "dataset", "labels", "every"),
}


def schedules(project: Project) -> dict[str, ScheduleConfig]:
    """Return the schedules by name; a pipeline's own has the pipeline's name."""
    found = dict(project.config.schedules)
    for pipeline in project.config.pipelines.values():
        if pipeline.schedule is not None:
            own = ScheduleConfig(cron=pipeline.schedule, pipeline=pipeline.name)
            own._name = pipeline.name
            found[pipeline.name] = own
    return found


def triggers(project: Project) -> dict[str, TriggerConfig]:
    """Return the triggers by name."""
    return dict(project.config.triggers)


def action_of(config: ScheduleConfig) -> tuple[str, str]:
    """Return what a schedule does, and to which pipeline or model."""
    for action, target in ((PIPELINE, config.pipeline), (MONITOR, config.monitor), (JUDGE, config.judge)):
        if target is not None:
            return action, target
    raise AssertionError("the project's check has seen to that")


def definition_of(config: ScheduleConfig | TriggerConfig) -> dict[str, Any]:
    """Return what makes a schedule or trigger another one: with a new one, time begins to count anew."""
    return config.model_dump(mode="json", include=_SETTLED, exclude_defaults=True)


def parameters_of(given: Mapping[str, Any], days: Mapping[str, date]) -> dict[str, dict[str, str]]:
    """Return parameters by stage as texts, with their days filled in."""
    found: dict[str, dict[str, str]] = {}
    for key, value in given.items():
        stage, _, name = key.rpartition(".")
        text = render(value, days) if isinstance(value, str) else _text(value)
        found.setdefault(stage, {})[name] = text
    return found


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | time) else json.dumps(value)
