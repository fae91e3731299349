"""What a person asks of a pipeline: its parameters' texts, each checked as it is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from workbench.errors import ParameterError, UnknownNameError, UsageError, WorkbenchError
from workbench.insight.experiments import LaunchRequest, as_text

if TYPE_CHECKING:
    from workbench.insight.experiments import Field, Form

Given = Mapping[str, Any]
"""`{"train.rate": 0.1}`, or `{"train": {"rate": 0.1}}`."""


class Asked:
    """A pipeline and how it is to run.

    Args:
        form: what can be asked for.
        pipeline: its name; the default one when None.

    Attributes:
        problems: why a text cannot stand, by `STAGE.NAME`.
    """

    def __init__(self, form: Form, pipeline: str | None) -> None:
        if not form.pipelines:
            raise UsageError(
                "This project has no pipeline yet.", hint="Declare one in workbench.toml: [pipelines.NAME]"
            )
        self.form = form
        self.pipeline = pipeline if pipeline is not None else next(iter(form.pipelines))
        if self.pipeline not in form.pipelines:
            raise UnknownNameError("pipeline", self.pipeline, form.pipelines)
        self.start = self.until = ""
        self.force = False
        self._texts: dict[str, str] = {}
        self.problems: dict[str, str] = {f.key: _needed(f) for f in self.fields() if f.required}

    @property
    def stages(self) -> tuple[str, ...]:
        """The pipeline's stages in their order."""
        return self.form.pipelines[self.pipeline]

    def fields(self) -> Iterator[Field]:
        """Return the parameters of all stages."""
        for stage in self.stages:
            yield from self.form.fields[stage]

    def text(self, field: Field) -> str:
        """Return what stands in a field now."""
        return self._texts.get(field.key, field.value)

    def give(self, given: Given) -> None:
        """Take values, all of them or none.

        Raises:
            UsageError: one of them cannot stand.
        """
        if not isinstance(given, Mapping):
            raise UsageError(
                f"parameters must be a mapping, but got {given!r} ({type(given).__name__}).",
                hint='Write them as {"train.rate": 0.1}, or {"train": {"rate": 0.1}}.',
            )
        texts = {key: as_text(value) for key, value in _flat(given)}
        for key, text in texts.items():
            self._check(key, text)
        for key, text in texts.items():
            self.enter(key, text)

    def enter(self, key: str, text: str) -> str:
        """Let a text stand in a field, good or bad; return why it is bad, nothing when it is good."""
        self._texts[key] = text
        field = next(f for f in self.fields() if f.key == key)
        why = ""
        if not text and field.required:
            why = _needed(field)
        elif text != field.value:
            try:
                self._check(key, text)
            except WorkbenchError as error:
                why = error.message.removeprefix(f"{field.stage}: ")
        self.problems.pop(key, None)
        if why:
            self.problems[key] = why
        return why

    def span(self, start: str, until: str, *, force: bool) -> None:
        """Say which part of the pipeline is to run; empty: all of it.

        Raises:
            UnknownNameError: there is no such stage in it.
        """
        for name in (start, until):
            if name and name not in self.stages:
                raise UnknownNameError(f"stage in pipeline {self.pipeline!r}", name, self.stages)
        self.start, self.until, self.force = start, until, force

    def request(self) -> LaunchRequest:
        """Return what is to be launched.

        Raises:
            ParameterError: a field holds what cannot stand.
        """
        if self.problems:
            key, why = next(iter(self.problems.items()))
            raise ParameterError(
                f"{key.partition('.')[0]}: {why}",
                hint="Mend the field that says so, then run.",
                name=key.partition(".")[2],
                where=key.partition(".")[0],
            )
        changed: dict[str, dict[str, str]] = {}
        for field in self.fields():
            if self.text(field) != field.value:
                changed.setdefault(field.stage, {})[field.name] = self.text(field)
        return LaunchRequest(self.pipeline, changed, start=self.start, until=self.until, force=self.force)

    def _check(self, key: str, text: str) -> None:
        stage, _, name = key.partition(".")
        if stage not in self.stages:
            raise UnknownNameError(f"stage in pipeline {self.pipeline!r}", stage, self.stages)
        self.form.check(stage, name, text)


def _flat(given: Given) -> Iterator[tuple[str, Any]]:
    for key, value in ((str(key), value) for key, value in given.items()):
        if "." not in key and isinstance(value, Mapping):
            yield from ((f"{key}.{name}", inner) for name, inner in value.items())
        else:
            yield key, value


def _needed(field: Field) -> str:
    return f"parameter {field.name!r} has no default: give it a value; it expects {field.expected}."
