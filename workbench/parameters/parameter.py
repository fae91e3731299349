"""One parameter of a notebook: its name, type, default and what it means."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from workbench.errors import ParameterError, nearest
from workbench.parameters.check import adapter, split
from workbench.parameters.expect import choices, expected, holds_secret
from workbench.parameters.secret import concealed
from workbench.parameters.text import candidates

_JSON = (list, dict, tuple, set, frozenset)
_SHOWN = 80  # characters of a value that a message quotes


@dataclass(frozen=True)
class Parameter:
    """One parameter.

    Attributes:
        name: the variable's name.
        annotation: its type as written in the notebook, or as it follows from the default.
        type: that type.
        default: the value without any given; None when `required`.
        required: whether there is no default.
        help: the comment behind it.
    """

    name: str
    annotation: str
    type: Any
    default: Any = None
    required: bool = False
    help: str = ""

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """What checks its values."""
        return adapter(self.type)

    @property
    def expected(self) -> str:
        """What it allows, in words."""
        return expected(self.type)

    def checked(self, value: Any, *, where: str) -> Any:
        """Return a value of the parameter's type.

        Raises:
            ParameterError: it is of another type or out of range.
        """
        value = concealed(value)
        try:
            return self.adapter.validate_python(value)
        except ValidationError as error:
            raise self._refusal(value, _item(value, error.errors()), where) from None
        except TypeError:
            raise ParameterError(
                f"{where}: parameter {self.name!r} has a constraint that does not go with its type.",
                hint=f"Correct the notebook: {self.name}: {self.annotation}",
                name=self.name,
                where=where,
            ) from None

    def read(self, text: str, *, where: str) -> Any:
        """Return the value that a command line's text means.

        Raises:
            ParameterError: it means none of the parameter's type.
        """
        refused = None
        for candidate in candidates(text, self.type):
            try:
                return self.checked(candidate, where=where)
            except ParameterError as error:
                refused = refused or error
        raise refused or self._refusal(text, "", where)

    def fresh_default(self) -> Any:
        """Return the default, a copy that the caller may change."""
        return copy.deepcopy(self.default)

    def _refusal(self, value: Any, item: str, where: str) -> ParameterError:
        got = "something else, which is not shown" if holds_secret(self.type) else _shown(value) + item
        close = nearest(value, choices(self.type)) if isinstance(value, str) else None
        return ParameterError(
            f"{where}: parameter {self.name!r} expects {self.expected}, but got {got}.",
            hint=f"Did you mean {close!r}?" if close else self._advice(),
            name=self.name,
            where=where,
        )

    def _advice(self) -> str:
        meaning = f" ({self.help})" if self.help else ""
        json = (
            " A list, dict, tuple or set is written as JSON."
            if get_origin(split(self.type)[0]) in _JSON
            else ""
        )
        return f"It is declared as {self.name}: {self.annotation}{meaning}.{json}"

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "adapter"}


def _shown(value: Any) -> str:
    text = repr(value)
    text = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    return text if value is None else f"{text} ({type(value).__name__})"


def _item(value: Any, details: list[ErrorDetails]) -> str:
    """Return which item of a list or dict is meant: ` where [1] is 'x' (str)`."""
    place, current = "", value
    for part in max((found["loc"] for found in details), key=len):
        inside = isinstance(current, Mapping) and part in current
        if inside or (isinstance(current, list | tuple) and isinstance(part, int) and part < len(current)):
            place, current = f"{place}[{part!r}]", current[part]  # type: ignore[index, unused-ignore]
    return f" where {place} is {_shown(current)}" if place else ""
