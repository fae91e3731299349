"""Whether schedules and triggers name what there is, and say all that they need and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from workbench.project.fault import suggestion
from workbench.project.finding import Finding
from workbench.project.template import render

if TYPE_CHECKING:
    from workbench.project.automation import ScheduleConfig, TriggerConfig
    from workbench.project.config import ProjectConfig

_ACTIONS = ("pipeline", "monitor", "judge")
_ANY_DAY = date(2013, 7, 1)
_NEEDED = {"alert": ("model",), "data": ("dataset",), "labels": ("model", "labels"), "time": ("every",)}
_ALLOWED = {"alert": ("alerts",)}
_CAUSES = ("model", "alerts", "dataset", "labels", "every")


def schedules(config: ProjectConfig) -> Iterator[Finding]:
    """Yield what is wrong with schedules."""
    for schedule in config.schedules.values():
        key = f"schedules.{schedule.name}"
        chosen = [action for action in _ACTIONS if getattr(schedule, action) is not None]
        if len(chosen) != 1:
            got = " and ".join(chosen) if chosen else "none of them"
            message = f"expected exactly one of pipeline, monitor and judge, but got {got}."
            yield Finding(key, message, "Say what is done: pipeline = …, monitor = MODEL or judge = MODEL.")
        elif chosen == ["pipeline"]:
            yield from _pipeline(key, str(schedule.pipeline), schedule.parameters, "due", config)
        else:
            yield from _watched(key, chosen[0], schedule, config)
        own = config.pipelines.get(schedule.name)
        if own is not None and own.schedule is not None:
            message = f"pipeline {schedule.name!r} has a schedule of its own, which has this name, too."
            yield Finding(key, message, f"Rename this one, or take pipelines.{own.name}.schedule away.")


def _watched(key: str, action: str, schedule: ScheduleConfig, config: ProjectConfig) -> Iterator[Finding]:
    name = str(getattr(schedule, action))
    yield from _model(f"{key}.{action}", name, config)
    if schedule.parameters:
        hint = "Take them away, or run a pipeline."
        yield Finding(f"{key}.parameters", f"only a pipeline has parameters, and this is to {action}.", hint)
    if schedule.commit != "live":
        hint = "Take commit away, or run a pipeline."
        yield Finding(f"{key}.commit", f"only a pipeline runs at a commit, and this is to {action}.", hint)
    model = config.models.get(name)
    if action == "judge" and model is not None and model.challenge is None:
        hint = f"Say how it is judged: [models.{name}.challenge]."
        yield Finding(f"{key}.judge", f"model {name!r} declares no challenge.", hint)


def triggers(config: ProjectConfig) -> Iterator[Finding]:
    """Yield what is wrong with triggers."""
    for trigger in config.triggers.values():
        key = f"triggers.{trigger.name}"
        if trigger.name in config.schedules or _scheduled(trigger.name, config):
            hint = "Rename one of the two: workbench schedule pause NAME must mean one thing."
            yield Finding(key, "a schedule has this name already.", hint)
        yield from _cause(key, trigger)
        yield from _pipeline(key, trigger.pipeline, trigger.parameters, "today", config)
        if trigger.model is not None:
            yield from _model(f"{key}.model", trigger.model, config)
        yield from _alerts(key, trigger, config)
        yield from _dataset(key, trigger, config)


def _cause(key: str, trigger: TriggerConfig) -> Iterator[Finding]:
    given = [name for name in _CAUSES if getattr(trigger, name) not in (None, ())]
    needed = _NEEDED[trigger.on]
    for name in needed:
        if name not in given:
            hint = f"Add {name} = … under [{key}]."
            yield Finding(f"{key}.{name}", f'on = "{trigger.on}" needs it, but it is missing.', hint)
    for name in given:
        if name not in (*needed, *_ALLOWED.get(trigger.on, ())):
            hint = "Take it away, or correct on."
            yield Finding(f"{key}.{name}", f'it means nothing with on = "{trigger.on}".', hint)


def _alerts(key: str, trigger: TriggerConfig, config: ProjectConfig) -> Iterator[Finding]:
    own = [alert.name for alert in config.alerts.values() if alert.model == trigger.model]
    for name in trigger.alerts:
        if name not in own:
            hint = suggestion(name, own, f"alerts of {trigger.model}")
            yield Finding(
                f"{key}.alerts", f"there is no alert named {name!r} of model {trigger.model!r}.", hint
            )
    if trigger.on == "alert" and trigger.model in config.models and not own:
        hint = f'Declare one: [alerts.NAME] with model = "{trigger.model}".'
        yield Finding(f"{key}.model", f"model {trigger.model!r} has no alert that could fire.", hint)


def _dataset(key: str, trigger: TriggerConfig, config: ProjectConfig) -> Iterator[Finding]:
    outputs = [output for stage in config.stages.values() for output in stage.outputs]
    if trigger.dataset is None or trigger.dataset in outputs:
        return
    hint = suggestion(trigger.dataset, outputs, "outputs of stages")
    if trigger.dataset in config.sources:
        hint = "A source is read when a pipeline runs: put a pipeline that reads it on a schedule."
    yield Finding(f"{key}.dataset", f"no stage writes {trigger.dataset!r}.", hint)


def _pipeline(
    key: str, name: str, parameters: Mapping[str, Any], day: str, config: ProjectConfig
) -> Iterator[Finding]:
    if name not in config.pipelines:
        hint = suggestion(name, config.pipelines, "pipelines")
        yield Finding(f"{key}.pipeline", f"there is no pipeline named {name!r}.", hint)
        return
    stages = config.pipelines[name].stages
    for parameter, value in parameters.items():
        stage, dot, _ = parameter.rpartition(".")
        if not dot:
            hint = f'Write "{stages[0]}.{parameter}" = …, with the stage that has it.'
            yield Finding(f"{key}.parameters", f"{parameter!r} names no stage.", hint)
        elif stage not in stages:
            hint = suggestion(stage, stages, f"stages of {name}")
            yield Finding(f"{key}.parameters", f"pipeline {name!r} has no stage {stage!r}.", hint)
        try:
            render(value if isinstance(value, str) else "", {day: _ANY_DAY})
        except ValueError as error:
            yield Finding(f"{key}.parameters", f"{parameter}: {error}.", "Correct the value.")


def _model(key: str, name: str, config: ProjectConfig) -> Iterator[Finding]:
    if name not in config.models:
        hint = suggestion(name, config.models, "models")
        yield Finding(key, f"there is no model named {name!r}.", hint)


def _scheduled(name: str, config: ProjectConfig) -> bool:
    return name in config.pipelines and config.pipelines[name].schedule is not None
