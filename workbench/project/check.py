"""What types cannot say about `workbench.toml`: names must exist, stages make sense together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from workbench.errors import ConfigurationError, nearest
from workbench.project import graph
from workbench.project.check_alerts import alerts, channels
from workbench.project.check_schedules import schedules, triggers
from workbench.project.config import ProjectConfig, StageConfig
from workbench.project.fault import suggestion
from workbench.project.finding import Finding

_PASSWORD = re.compile(r"://[^/@:\s]*:(?!secret:)[^/@\s]+@")


def check(root: Path, file: Path, config: ProjectConfig) -> None:
    """Raise ConfigurationError for the first impossibility, naming file, key and the nearest valid name."""
    by_itself = (channels, alerts, schedules, triggers)
    for rule in (_outputs, _sources, _inputs, _circle, _pipelines, _models, _serving, *by_itself):
        for found in rule(config):
            raise _error(file, found)
    for found in _files(root, config):
        raise _error(file, found)


def _error(file: Path, found: Finding) -> ConfigurationError:
    return ConfigurationError(
        f"{file}: {found.key}: {found.message}", hint=found.hint, file=str(file), key=found.key
    )


def _outputs(config: ProjectConfig) -> Iterator[Finding]:
    for output, names in graph.writers(config.stages).items():
        if len(names) > 1:
            last, first = names[-1], names[0]
            where = "twice" if first == last else f"by stage {first!r} already"
            yield Finding(
                f"stages.{last}.outputs",
                f"{output!r} is written {where}; every output has one writer.",
                "Rename one of the two, or take one away.",
            )


def _sources(config: ProjectConfig) -> Iterator[Finding]:
    outputs = graph.writers(config.stages)
    for source in config.sources.values():
        key = f"sources.{source.name}"
        if source.name in outputs:
            stage = outputs[source.name][0]
            hint = "Rename one of the two, so that a name means one table."
            yield Finding(key, f"stage {stage!r} has an output of this name.", hint)
        if source.query is not None and source.table is not None:
            yield Finding(key, "both query and table are given.", "Keep the one that is meant.")
        if source.watermark is not None and not source.is_database:
            hint = "Take watermark away, or say what is read with query or table."
            yield Finding(f"{key}.watermark", "only a database has a watermark.", hint)
        if source.is_database and source.format is not None:
            hint = "Take format away; query or table says what is read."
            yield Finding(f"{key}.format", "a database's table has no file format.", hint)
        if _PASSWORD.search(source.uri):
            hint = "Write secret:NAME in its place, and set that secret in the environment."
            yield Finding(f"{key}.uri", "a password stands in it for all to read.", hint)


def _inputs(config: ProjectConfig) -> Iterator[Finding]:
    outputs = graph.writers(config.stages)
    for stage in config.stages.values():
        key = f"stages.{stage.name}.inputs"
        yield from _repeated(key, stage.inputs)
        for name in stage.inputs:
            model, at, alias = name.partition("@")
            if at and model not in config.models:
                close = nearest(model, config.models)
                hint = f"Did you mean '{close}@{alias}'?" if close else f"Declare it: [models.{model}]."
                yield Finding(key, f"there is no model named {model!r}, which {name!r} reads.", hint)
            elif not at and name not in outputs and name not in config.sources:
                yield Finding(key, f"no stage writes {name!r}.", _meant(name, stage, config))


def _meant(name: str, stage: StageConfig, config: ProjectConfig) -> str:
    if name in config.models:
        return f"A model is read by its alias: '{name}@champion'."
    if name in config.stages and config.stages[name].outputs:
        return f"{name!r} is a stage; its outputs are: {', '.join(config.stages[name].outputs)}."
    others = [o for other in config.stages.values() if other is not stage for o in other.outputs]
    if config.sources:
        return suggestion(name, [*others, *config.sources], "sources and outputs of other stages")
    return suggestion(name, others, "outputs of other stages")


def _circle(config: ProjectConfig) -> Iterator[Finding]:
    found = graph.cycle(config.stages)
    if found:
        read = " → ".join(found)
        outputs = set(config.stages[found[-2]].outputs) & set(config.stages[found[-1]].inputs)
        yield Finding(
            f"stages.{found[-1]}.inputs",
            f"the stages read from each other in a circle: {read}.",
            f"Take one input away, for example {sorted(outputs)[0]!r} from stage {found[-1]!r}.",
        )


def _pipelines(config: ProjectConfig) -> Iterator[Finding]:
    for pipeline in config.pipelines.values():
        key = f"pipelines.{pipeline.name}.stages"
        yield from _repeated(key, pipeline.stages)
        for name in pipeline.stages:
            if name not in config.stages:
                hint = suggestion(name, config.stages, "stages")
                yield Finding(key, f"there is no stage named {name!r}.", hint)
    default = [p.name for p in config.pipelines.values() if p.default]
    if len(default) > 1:
        yield Finding(
            f"pipelines.{default[1]}.default",
            f"pipeline {default[0]!r} is the default already.",
            "Mark one pipeline with default = true.",
        )


def _models(config: ProjectConfig) -> Iterator[Finding]:
    for model in config.models.values():
        if model.trained_by not in config.stages:
            yield Finding(
                f"models.{model.name}.trained_by",
                f"there is no stage named {model.trained_by!r}.",
                suggestion(model.trained_by, config.stages, "stages"),
            )


def _serving(config: ProjectConfig) -> Iterator[Finding]:
    serving = config.serving
    if (serving.tls_certificate is None) != (serving.tls_key is None):
        given, missing = (
            ("tls_certificate", "tls_key") if serving.tls_key is None else ("tls_key", "tls_certificate")
        )
        hint = f"Name both files, or take {given} away to serve without TLS."
        yield Finding(f"serving.{missing}", f"{given} is given, but {missing} is not.", hint)


def _files(root: Path, config: ProjectConfig) -> Iterator[Finding]:
    for stage in config.stages.values():
        if not (root / stage.notebook).is_file():
            known = [p.relative_to(root).as_posix() for p in _visible_notebooks(root)]
            yield Finding(
                f"stages.{stage.name}.notebook",
                f"there is no notebook {stage.notebook.as_posix()!r}.",
                suggestion(stage.notebook.as_posix(), known, "notebooks of this project"),
            )
    for key in ("tls_certificate", "tls_key"):
        path = getattr(config.serving, key)
        if path is not None and not (root / path).is_file():
            hint = "Correct the path, relative to the project or absolute, or take both keys away."
            yield Finding(f"serving.{key}", f"there is no file {path!r}.", hint)
    for name in config.environment.files:
        if not (root / name).is_file():
            yield Finding(
                "environment.files",
                f"there is no file {name!r}.",
                "Correct the path, which is relative to the project, or take it away.",
            )


def _visible_notebooks(root: Path) -> Iterator[Path]:
    for folder in (root, *sorted(path for path in root.iterdir() if path.is_dir())):
        if not folder.name.startswith(".") or folder == root:
            yield from sorted(folder.glob("*.ipynb") if folder == root else folder.rglob("*.ipynb"))


def _repeated(key: str, names: Sequence[str]) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Finding(key, f"{name!r} is listed twice.", "Take one away.")
