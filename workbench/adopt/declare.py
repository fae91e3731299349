"""Adds a stage and its pipeline to `workbench.toml`; everything else of the file stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.project import Project


def declared(
    text: str, project: Project, *, stage: str, pipeline: str, keys: Mapping[str, Any], inputs: Sequence[str]
) -> str:
    """Return the text of `workbench.toml` with a stage, and a pipeline that runs it after what it reads.

    A bare `workbench run` keeps its meaning: where there was one pipeline, it is marked as the default.

    Args:
        text: of the file.
        project: what it declares.
        stage: the new name.
        pipeline: likewise.
        keys: of `[stages.NAME]`; empty ones are left out.
        inputs: what the stage reads from others.
    """
    import tomlkit

    document = tomlkit.parse(text if not text or text.endswith("\n") else f"{text}\n")
    known = project.config.pipelines
    if len(known) == 1 and not any(each.default for each in known.values()):
        _table(document, "pipelines")[next(iter(known))]["default"] = True
    _add(document, "stages", stage, {key: value for key, value in keys.items() if value})
    _add(document, "pipelines", pipeline, {"stages": [*_before(project, inputs), stage]})
    return tomlkit.dumps(document).rstrip("\n") + "\n"


def _before(project: Project, inputs: Sequence[str]) -> list[str]:
    """Return the stages that make the inputs, and all that those read from, in declared order."""
    found: set[str] = set()
    pending = list(inputs)
    while pending:
        maker = project.producer(pending.pop())
        if maker and maker not in found:
            found.add(maker)
            pending += project.stage(maker).inputs
    return [name for name in project.config.stages if name in found]


def _add(document: Any, section: str, name: str, keys: Mapping[str, Any]) -> None:
    import tomlkit

    table = tomlkit.table()
    for key, value in keys.items():
        table.add(key, value)
    section_table = _table(document, section)
    others = [each for each in section_table.values() if hasattr(each, "add")]
    if others and not others[-1].as_string().endswith("\n\n"):
        others[-1].add(tomlkit.nl())
    elif not others and not document.as_string().endswith("\n\n"):
        document.add(tomlkit.nl())
    table.add(tomlkit.nl())
    section_table[name] = table


def _table(document: Any, section: str) -> Any:
    import tomlkit

    if section not in document:
        document[section] = tomlkit.table(is_super_table=True)
    return document[section]
