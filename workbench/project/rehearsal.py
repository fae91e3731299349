"""`[rehearsal]`: how a past time is lived through once more, in minutes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field

from workbench.project.automation import Parameters
from workbench.project.field import File, Name, PositiveDuration, Text, Timezone
from workbench.project.table import Table


def _feed(value: object) -> object:
    if isinstance(value, str):
        module, colon, name = value.partition(":")
        if not (colon and name.isidentifier() and all(part.isidentifier() for part in module.split("."))):
            raise ValueError(f"expected 'module:function', like 'flights.feed:feed', but got {value!r}")
    return value


class StepConfig(Table):
    """`[[rehearsal.steps]]`: a run that somebody starts on a day, a drill for instance.

    Attributes:
        name: what it is, in a few words; it stands in the run as its reason.
        day: at whose beginning it is started.
        pipeline: is run.
        parameters: of the pipeline by `STAGE.NAME`; in texts `{today}`, `{today - 28d}` are days.
    """

    name: Text
    day: date
    pipeline: Name
    parameters: Parameters = Field(default_factory=dict)


class FirstConfig(Table):
    """`[rehearsal.first]`: the run before all others, which gives the model its first champion.

    Attributes:
        pipeline: is run.
        parameters: as those of a step.
    """

    pipeline: Name
    parameters: Parameters = Field(default_factory=dict)


class RehearsalConfig(Table):
    """`[rehearsal]`: a past time, replayed through the real service on a clock that it moves.

    Attributes:
        model: who is asked.
        feed: `module:function` of the project; called with the first moment and the first moment after, it
            yields the days as `workbench.rehearsal.Day`.
        begin: the first day of callers' requests.
        end: the last.
        timezone: in which days begin.
        every: how often callers ask, with all that came together; what is due is looked at as often.
        rows: of one request, at most.
        files: what a copy of the project needs beside workbench.toml, notebooks and declared environment.
        first: gives the model its first champion.
        steps: what people do meanwhile.
    """

    model: Name
    feed: Annotated[str, BeforeValidator(_feed)]
    begin: date
    end: date
    first: FirstConfig
    timezone: Timezone = "UTC"
    every: PositiveDuration = timedelta(hours=1)
    rows: Annotated[int, Field(ge=1)] = 500
    files: Annotated[tuple[File, ...], Field(strict=False)] = ()
    steps: Annotated[tuple[StepConfig, ...], Field(strict=False)] = ()
