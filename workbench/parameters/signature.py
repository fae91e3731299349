"""A notebook's signature: the one description that command line, forms, ledger and kernel share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import ParameterError, nearest
from workbench.notebook_file import read_cells
from workbench.parameters.canonical import canonical
from workbench.parameters.parameter import Parameter
from workbench.parameters.parse import parameters_of
from workbench.parameters.source import render


@dataclass(frozen=True)
class Signature:
    """The typed parameters of a notebook, in the order in which it declares them."""

    parameters: tuple[Parameter, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters."""
        return tuple(parameter.name for parameter in self.parameters)

    def validate(self, values: Mapping[str, Any], *, where: str) -> dict[str, Any]:
        """Return a value of the right type for every parameter, defaults filled in.

        Args:
            values: those given, as Python, TOML or JSON hold them.
            where: what the values are for; messages begin with it.

        Raises:
            ParameterError: one is unknown, missing, of another type or out of range.
        """
        self._refuse_unknown(values, where)
        missing = [p for p in self.parameters if p.required and p.name not in values]
        if missing:
            first = missing[0]
            raise ParameterError(
                f"{where}: parameter {first.name!r} is required but was not given; "
                f"it expects {first.expected}.",
                hint=f"Give it in workbench.toml or with -p STAGE.{first.name}=VALUE.",
                name=first.name,
                where=where,
            )
        return {
            p.name: p.checked(values[p.name], where=where) if p.name in values else p.fresh_default()
            for p in self.parameters
        }

    def check(self, values: Mapping[str, Any], *, where: str) -> dict[str, Any]:
        """Return values in their right types, only of those given.

        Raises:
            ParameterError: one is unknown, of another type or out of range.
        """
        self._refuse_unknown(values, where)
        return {p.name: p.checked(values[p.name], where=where) for p in self.parameters if p.name in values}

    def parse(self, strings: Mapping[str, str], *, where: str) -> dict[str, Any]:
        """Return the typed values that a command line's texts mean, only of those given.

        Raises:
            ParameterError: one is unknown, or its text means no value of its type.
        """
        self._refuse_unknown(strings, where)
        return {p.name: p.read(strings[p.name], where=where) for p in self.parameters if p.name in strings}

    def canonical(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values as JSON, one form for equal values; a secret stays `secret:NAME`."""
        return {name: canonical(values[name]) for name in self._ordered(values)}

    def render(self, values: Mapping[str, Any]) -> str:
        """Return the Python source that assigns the values: literals, and the imports they need."""
        return render({name: values[name] for name in self._ordered(values)})

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of an object that holds the parameters, for forms and checks."""
        schema: dict[str, Any] = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {parameter.name: _property(parameter) for parameter in self.parameters},
            "required": [parameter.name for parameter in self.parameters if parameter.required],
            "additionalProperties": False,
        }
        return schema

    def _ordered(self, values: Mapping[str, Any]) -> Iterable[str]:
        self._refuse_unknown(values, "values")
        return (name for name in self.names if name in values)

    def _refuse_unknown(self, given: Iterable[str], where: str) -> None:
        for name in given:
            if name not in self.names:
                raise ParameterError(
                    f"{where}: there is no parameter {name!r}.",
                    hint=self._suggestion(name),
                    name=name,
                    where=where,
                )

    def _suggestion(self, name: str) -> str:
        close = nearest(name, self.names)
        if close:
            return f"Did you mean {close!r}?"
        return f"Its parameters are: {', '.join(self.names)}." if self.names else "It takes no parameters."


def read_signature(notebook: Path) -> Signature:
    """Return the signature that a notebook's cell tagged `parameters` declares.

    Raises:
        NotebookError: the notebook is missing, invalid, or has no such cell.
        ParameterError: a parameter is declared in a way that cannot be read.
    """
    return signature_of(read_cells(notebook), where=str(notebook))


def signature_of(cells: Sequence[Mapping[str, Any]], *, where: str = "The notebook") -> Signature:
    """Return the signature that nbformat-4 cells declare.

    Args:
        cells: the notebook's cells.
        where: the notebook, as messages name it.

    Raises:
        NotebookError: there is no cell tagged `parameters`.
        ParameterError: a parameter is declared in a way that cannot be read.
    """
    return Signature(parameters_of(cells, where=where))


def _property(parameter: Parameter) -> dict[str, Any]:
    schema = parameter.adapter.json_schema()
    if parameter.help:
        schema["description"] = parameter.help
    if not parameter.required:
        schema["default"] = canonical(parameter.default)
    return schema
