"""What a person may set for a run: the typed parameters that the notebooks declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import TYPE_CHECKING, Any

from workbench.errors import UnknownNameError
from workbench.parameters import Parameter, Signature, read_signature
from workbench.project import Project, load_project

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store

CHOICE, SWITCH, WHOLE, NUMBER, DAY, TEXT = "choice", "switch", "whole", "number", "day", "text"


@dataclass(frozen=True)
class Field:
    """One parameter of one stage.

    Attributes:
        kind: `choice`, `switch`, `whole` (number), `number`, `day` or `text`.
        value: what it is now, as a command line would write it; empty when it must be given.
        choices: as texts; for a `choice`.
        least, most: bounds that it may reach; None where there is none, or it may not be reached.
        help: the comment behind it in the notebook.
        expected: what it allows, in words.
        required: whether it has no value yet.
    """

    stage: str
    name: str
    kind: str
    value: str
    choices: tuple[str, ...]
    least: float | None
    most: float | None
    help: str
    expected: str
    required: bool

    @property
    def key(self) -> str:
        """The parameter as a command line names it."""
        return f"{self.stage}.{self.name}"


@dataclass(frozen=True)
class Form:
    """What can be launched.

    Attributes:
        pipelines: each one's stages in their order; the default one comes first.
        fields: of each stage.
        signatures: what each stage's notebook declares.
    """

    pipelines: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, tuple[Field, ...]]
    signatures: Mapping[str, Signature] = field(default_factory=dict, repr=False)

    def check(self, stage: str, name: str, text: str) -> None:
        """Refuse a text that means no value of a parameter.

        Raises:
            UnknownNameError: there is no such stage.
            ParameterError: there is no such parameter, or its type or range is another.
        """
        if stage not in self.signatures:
            raise UnknownNameError("stage", stage, self.signatures)
        self.signatures[stage].parse({name: text}, where=stage)


def launch_form(store: Store, person: Person) -> Form:
    """Return the pipelines as they are declared now, with the parameters of their stages.

    Raises:
        AccessError: the person may not launch runs.
        ConfigurationError: workbench.toml cannot be used as it is.
        NotebookError: a stage's notebook cannot be read.
    """
    person.require("launch")
    project = load_project(store.project.root)
    names = sorted(project.config.pipelines, key=lambda name: not project.config.pipelines[name].default)
    pipelines = {name: project.order(name) for name in names}
    stages = dict.fromkeys(stage for order in pipelines.values() for stage in order)
    signatures = {stage: read_signature(project.root / project.stage(stage).notebook) for stage in stages}
    return Form(
        pipelines, {stage: _fields(project, stage, signatures[stage]) for stage in stages}, signatures
    )


def _fields(project: Project, stage: str, signature: Signature) -> tuple[Field, ...]:
    config = project.stage(stage)
    schema = signature.json_schema()["properties"]
    return tuple(_field(stage, p, schema[p.name], config.parameters) for p in signature.parameters)


def _field(stage: str, parameter: Parameter, schema: dict[str, Any], set_: Mapping[str, Any]) -> Field:
    kind, choices = _kind(schema)
    is_set = parameter.name in set_
    value = set_[parameter.name] if is_set else schema.get("default")
    return Field(
        stage=stage,
        name=parameter.name,
        kind=kind,
        value="" if parameter.required and not is_set else as_text(value),
        choices=choices,
        least=schema.get("minimum"),
        most=schema.get("maximum"),
        help=parameter.help,
        expected=parameter.expected,
        required=parameter.required and not is_set,
    )


def _kind(schema: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return how a parameter is asked for; what is no plain value is written as text."""
    options = schema.get("enum") or ([schema["const"]] if "const" in schema else None)
    if options:
        return CHOICE, tuple(map(as_text, options))
    kind = schema.get("type")
    if kind == "string" and schema.get("format") == "date":
        return DAY, ()
    kinds = {"boolean": SWITCH, "integer": WHOLE, "number": NUMBER}
    return kinds.get(str(kind), TEXT), ()


def as_text(value: Any) -> str:
    """Return a value as it is written behind `-p STAGE.NAME=`; numbers of NumPy as those of Python."""
    import json

    value = _plain(value)
    if value is None:
        return "None"
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: a moment as ISO writes it, what is nothing of JSON's as its text."""
    if value is None or isinstance(value, str | bool | int | float | list | tuple | dict):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    return value.tolist() if hasattr(value, "tolist") else str(value)
