"""Widgets: each one's value becomes a parameter; what only a click would run is run once, or named."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from workbench.adopt.constants import Constant
from workbench.adopt.edit import Edit
from workbench.adopt.finding import Finding
from workbench.adopt.names import Function
from workbench.adopt.naming import variable
from workbench.adopt.read import Cell, Messy
from workbench.adopt.setting import Setting
from workbench.adopt.widget_shape import LIBRARY, Shape, Shapes
from workbench.parameters.names import qualified

_ENDINGS = re.compile(r"_(?:slider|widget|dropdown|input|box|picker|select|text|checkbox|w)$")
_INTERACT = frozenset({"interact", "interact_manual", "interactive", "interactive_output"})
_WAITING = frozenset({"observe", "on_click", "on_submit", "on_trait_change"})


class Widgets:
    """Goes through the widgets of a notebook; its cells get the edits.

    Args:
        messy: the notebook.
        taken: names of variables that cannot be used again.
        once: names that stand for one value.
    """

    def __init__(self, messy: Messy, taken: set[str], once: Mapping[str, Constant]) -> None:
        self._once = once
        self.settings: list[Setting] = []
        self.findings: list[Finding] = []
        self._messy = messy
        self._taken = taken
        self._shapes = Shapes(messy.bound)

    def adopt(self) -> None:
        """Propose a parameter for each widget's value, and plain calls in place of `interact`."""
        for cell in self._messy.code:
            assert cell.tree is not None
            for statement in cell.tree.body:
                self._statement(cell, statement)
            for node in ast.walk(cell.tree):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in _WAITING
                ):
                    text = (
                        f"`{_short(node)}` waits for a click that never comes headless: it does nothing there"
                    )
                    self.findings.append(Finding("widget", cell.number, text))

    def _statement(self, cell: Cell, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if self._shapes.kind(call):
                self._widget(cell, name, call)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._decorated(cell, statement)
            case ast.Expr(value=ast.Call() as call) | ast.Assign(value=ast.Call() as call):
                if self._called(call) in _INTERACT:
                    self._called_with(cell, statement, call)
                elif isinstance(call.func, ast.Call) and self._called(call.func) in _INTERACT:
                    self._find(
                        cell, f"`{_short(call)}` is left as it is: an error in it would not be noticed"
                    )
            case ast.With(items=items) if any(self._is_output(item.context_expr) for item in items):
                self._find(
                    cell,
                    "errors below `with` of an Output widget are shown and not raised: unnoticed headless",
                )

    def _called(self, call: ast.Call) -> str:
        full = qualified(call.func, self._messy.bound) or ""
        return full.rpartition(".")[2] if full.startswith(f"{LIBRARY}.") else ""

    def _is_output(self, node: ast.expr) -> bool:
        if not isinstance(node, ast.Name):
            return False
        for _, each in self._messy.nodes():
            match each:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if name == node.id:
                    return (qualified(call.func, self._messy.bound) or "") == f"{LIBRARY}.Output"
        return False

    def _widget(self, cell: Cell, name: str, call: ast.Call) -> None:
        shape = self._shapes.of(call)
        if shape is None:
            self._find(cell, f"the value of `{name}` is made at run time: it is no parameter")
            return
        parameter = self._name(_ENDINGS.sub("", name) if _ENDINGS.search(name) else f"{name}_value")
        given = next((keyword for keyword in call.keywords if keyword.arg == "value"), None)
        if given is not None:
            cell.change(given.value, parameter)
        elif call.args:
            cell.change(call.args[0], parameter)
        else:
            _, end = cell.at.span(call)
            before = ", " if call.keywords else ""
            cell.edits.append(Edit(end - 1, end - 1, f"{before}value={parameter}"))
        self._take(cell, parameter, shape, f"{_described(call) or 'was the widget ' + name}")
        self._find(cell, f"the value of the widget `{name}` becomes the parameter `{parameter}`")

    def _decorated(self, cell: Cell, function: Function) -> None:
        """Turn `@interact(n=(1, 9))` over a function into a call of it."""
        for decorator in function.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            full = qualified(call.func if call else decorator, self._messy.bound) or ""
            if not full.startswith(f"{LIBRARY}.") or full.rpartition(".")[2] not in _INTERACT:
                continue
            given = {key.arg: key.value for key in call.keywords if key.arg} if call else {}
            words = self._words(cell, function.name, {**_defaults(function), **given}, _defaults(function))
            if words is None:
                self._find(
                    cell, f"`@{_short(decorator)}` is left as it is: an error in it would not be noticed"
                )
                return
            cell.edits.append(Edit(*cell.at.lines(decorator.lineno, decorator.end_lineno or 0), ""))
            _, end = cell.at.span(function)
            cell.edits.append(Edit(end, end, f"\n\n{function.name}({words})"))
            self._find(cell, f"`@{_short(decorator)}` becomes one call of `{function.name}` with parameters")

    def _called_with(self, cell: Cell, statement: ast.stmt, call: ast.Call) -> None:
        """Turn `interact(f, n=(1, 9))` into a call of `f`."""
        if not call.args or not isinstance(call.args[0], ast.Name):
            self._find(cell, f"`{_short(call)}` is left as it is: an error in it would not be noticed")
            return
        name = call.args[0].id
        if self._called(call) == "interactive_output":
            words = _from_widgets(call)
        else:
            given = {key.arg: key.value for key in call.keywords if key.arg}
            function = self._function(name)
            defaults = _defaults(function) if function else {}
            words = self._words(cell, name, {**defaults, **given}, defaults)
        if words is None:
            self._find(cell, f"`{_short(call)}` is left as it is: an error in it would not be noticed")
            return
        whole = call if isinstance(statement, ast.Assign) else statement
        cell.change(whole, f"{name}({words})")
        self._find(cell, f"`{_short(call)}` becomes one call of `{name}` with parameters")

    def _words(
        self, cell: Cell, function: str, given: Mapping[str, ast.expr], defaults: Mapping[str, ast.expr]
    ) -> str | None:
        """Return the arguments of the call, a parameter made for each; None when one is made at run time."""
        words, made = [], []
        for name, node in given.items():
            match node:
                case ast.Call(func=func, args=[value]) if (qualified(func, self._messy.bound) or "").endswith(
                    "fixed"
                ):
                    words.append(f"{name}={ast.unparse(value)}")
                    continue
                case ast.Name(id=widget) if self._is_widget(widget):
                    words.append(f"{name}={widget}.value")
                    continue
            value = (
                self._once[node.id].value if isinstance(node, ast.Name) and node.id in self._once else node
            )
            own = defaults.get(name)
            shape = (
                self._shapes.of(value)
                if isinstance(value, ast.Call)
                else self._shapes.abbreviated(value, own)
            )
            if shape is None:
                return None
            parameter = self._name(name, f"{function}_{name}")
            words.append(f"{name}={parameter}")
            made.append((parameter, shape))
        for parameter, shape in made:
            self._take(cell, parameter, shape, f"of {function}")
        return ", ".join(words)

    def _is_widget(self, name: str) -> bool:
        value = self._once[name].value if name in self._once else None
        return isinstance(value, ast.Call) and self._shapes.kind(value) is not None

    def _function(self, name: str) -> Function | None:
        nodes = (node for _, node in self._messy.nodes())
        return next((node for node in nodes if isinstance(node, Function) and node.name == name), None)

    def _name(self, *wanted: str) -> str:
        return next((name for name in wanted if name not in self._taken), variable(wanted[-1], self._taken))

    def _take(self, cell: Cell, name: str, shape: Shape, help_: str) -> None:
        self._taken.add(name)
        made = Setting(name, shape.annotation, shape.default, help_, cell.number, "widget", shape.imports)
        self.settings.append(made)

    def _find(self, cell: Cell, text: str) -> None:
        self.findings.append(Finding("widget", cell.number, text))


def _defaults(function: Function) -> dict[str, ast.expr]:
    arguments = [*function.args.posonlyargs, *function.args.args]
    values = function.args.defaults
    found = dict(zip([each.arg for each in arguments[len(arguments) - len(values) :]], values, strict=True))
    only = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return found | {each.arg: value for each, value in only if value is not None}


def _from_widgets(call: ast.Call) -> str | None:
    """Return the arguments of `interactive_output(f, {"n": slider})` as a call: `n=slider.value`."""
    match call.args:
        case [_, ast.Dict(keys=keys, values=values)]:
            pairs = list(_pairs(keys, values))
            return ", ".join(pairs) if len(pairs) == len(keys) else None
    return None


def _pairs(keys: list[ast.expr | None], values: list[ast.expr]) -> Iterator[str]:
    for key, value in zip(keys, values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and isinstance(value, ast.Name):
            yield f"{key.value}={value.id}.value"


def _described(call: ast.Call) -> str:
    found = next((key.value for key in call.keywords if key.arg == "description"), None)
    text = found.value if isinstance(found, ast.Constant) and isinstance(found.value, str) else ""
    return " ".join(text.rstrip(": ").split())


def _short(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else f"{text[:59]}…"
