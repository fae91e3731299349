"""What a widget takes, as the type and default of a parameter."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, NamedTuple

from workbench.parameters.literals import value_of
from workbench.parameters.names import qualified

LIBRARY = "ipywidgets"
_TYPES = {
    **dict.fromkeys(("IntSlider", "IntText", "BoundedIntText", "Play"), "int"),
    **dict.fromkeys(("FloatSlider", "FloatText", "BoundedFloatText"), "float"),
    **dict.fromkeys(("Checkbox", "ToggleButton", "Valid"), "bool"),
    **dict.fromkeys(("Text", "Textarea", "Combobox"), "str"),
    **dict.fromkeys(("Dropdown", "RadioButtons", "Select", "ToggleButtons", "SelectionSlider"), "choice"),
}
_EMPTY = {"int": "0", "float": "0.0", "bool": "False", "str": '""'}
_BOUNDS = "from workbench.parameters import Ge, Le"


class Shape(NamedTuple):
    """What a widget, or its abbreviation, takes."""

    annotation: str
    default: str
    imports: tuple[str, ...] = ()


class Shapes:
    """Reads widgets and their abbreviations.

    Args:
        bound: what the notebook's imports bind.
    """

    def __init__(self, bound: Mapping[str, str]) -> None:
        self._bound = bound

    def kind(self, call: ast.Call) -> str | None:
        """Return what sort of value a widget has, None when it is none whose value can be set."""
        full = qualified(call.func, self._bound) or ""
        first, _, last = full.rpartition(".")
        return _TYPES.get(last) if first.partition(".")[0] == LIBRARY else None

    def of(self, call: ast.Call) -> Shape | None:
        """Return the type and default of a widget, None when they are not literals."""
        kind = self.kind(call)
        keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        options = keywords.get("options")
        if kind == "choice" and options is not None:
            return self._choice(options, keywords.get("value"))
        value = keywords.get("value") or (call.args[0] if call.args else None)
        if kind is None or kind == "choice" or any(keyword.arg is None for keyword in call.keywords):
            return None
        low, high = self._literal(keywords.get("min")), self._literal(keywords.get("max"))
        default = ast.unparse(value) if value is not None else repr(low) if low is not None else _EMPTY[kind]
        if value is not None and self._literal(value) is None:
            return None
        bounds = [f"Ge({low})"] * (low is not None) + [f"Le({high})"] * (high is not None)
        if not bounds:
            return Shape(kind, default)
        return Shape(
            f"Annotated[{kind}, {', '.join(bounds)}]", default, ("from typing import Annotated", _BOUNDS)
        )

    def _choice(self, options: ast.expr, value: ast.expr | None) -> Shape | None:
        known = self._literal(options)
        if isinstance(known, dict):
            known = list(known.values())
        if not isinstance(known, list | tuple) or not known:
            return None
        values = [each[1] if isinstance(each, tuple) and len(each) == 2 else each for each in known]
        if not all(isinstance(each, str | int) for each in values):
            return None
        default = self._literal(value) if value is not None else values[0]
        if default not in values:
            return None
        return Shape(
            f"Literal[{', '.join(map(_written, values))}]", _written(default), ("from typing import Literal",)
        )

    def abbreviated(self, node: ast.expr, default: ast.expr | None) -> Shape | None:
        """Return what an abbreviation means, as ipywidgets takes it: `(1, 9)`, `["a", "b"]`, `True`, `5`."""
        value, own = self._literal(node), self._literal(default) if default is not None else None
        if (
            isinstance(value, tuple)
            and len(value) in (2, 3)
            and all(isinstance(v, int | float) for v in value)
        ):
            low, high = value[0], value[1]
            kind = "int" if all(isinstance(v, int) for v in value) else "float"
            middle = low + (high - low) // 2 if kind == "int" else low + (high - low) / 2
            chosen = own if own is not None and own != value else middle
            annotation = f"Annotated[{kind}, Ge({low}), Le({high})]"
            return Shape(annotation, repr(chosen), ("from typing import Annotated", _BOUNDS))
        if isinstance(value, list | dict) and value:
            return self._choice(node, default if own is not None and own != value else None)
        if isinstance(value, bool | int | float | str):
            return Shape(type(value).__name__, _written(value))
        return None

    def _literal(self, node: ast.expr | None) -> Any:
        try:
            return value_of(node, self._bound) if node is not None else None
        except ValueError:
            return None


def _written(value: Any) -> str:
    return repr(value) if not isinstance(value, str) else '"' + repr(value)[1:-1].replace('"', '\\"') + '"'
