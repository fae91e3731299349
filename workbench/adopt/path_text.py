"""Expressions that make a path: the literal that they begin with, and the whole path where it is known."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from workbench.adopt.constants import Constant
from workbench.adopt.read import Cell
from workbench.parameters.names import qualified

_JOINING = frozenset(
    {"os.path.join", "posixpath.join", "pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath"}
)
_PASSING = frozenset(
    {"os.path.abspath", "os.path.expanduser", "os.path.normpath", "os.fspath", "str", "open"}
)
_DEEPEST = 12
_F_STRING = re.compile(r"^[fF][rR]?|^[rR][fF]")


@dataclass(frozen=True)
class PathText:
    """A path as a notebook writes it.

    Attributes:
        cell: where its first literal stands.
        literal: that literal, a string or an f-string; None when it begins otherwise.
        start: the text that the literal begins with.
        whole: the path, None when a part of it is made at run time.
        name: the constant that holds the literal, None when it stands in the expression itself.
    """

    cell: Cell
    literal: ast.expr | None
    start: str
    whole: str | None
    name: str | None = None


class Reader:
    """Reads such expressions.

    Args:
        bound: what the imports bind.
        once: the names that stand for one value.
    """

    def __init__(self, bound: Mapping[str, str], once: Mapping[str, Constant]) -> None:
        self._bound = bound
        self._once = once

    def read(self, cell: Cell, node: ast.expr, depth: int = 0) -> PathText | None:  # noqa: PLR0911 - one for each form
        """Return what an expression says of a path, None when it says nothing."""
        if depth > _DEEPEST:
            return None
        match node:
            case ast.Constant(value=str(text)):
                return PathText(cell, node, text, text)
            case ast.JoinedStr(values=[first, *_]):
                return self._formatted(cell, node, first, depth)
            case ast.Name(id=name) if name in self._once:
                constant = self._once[name]
                said = self.read(constant.cell, constant.value, depth + 1)
                return said and PathText(said.cell, said.literal, said.start, said.whole, said.name or name)
            case ast.BinOp(left=left, op=ast.Add() | ast.Div() as op, right=right):
                return self._joined(cell, [left, right], "/" if isinstance(op, ast.Div) else "", depth)
            case ast.BinOp(left=left, op=ast.Mod()):
                return _unfinished(self.read(cell, left, depth + 1), "%")
            case ast.Call(func=ast.Attribute(value=value, attr="format")):
                return _unfinished(self.read(cell, value, depth + 1), "{")
            case ast.Call(func=func, args=[first, *rest]):
                full = qualified(func, self._bound)
                if full in _JOINING:
                    return self._joined(cell, [first, *rest], "/", depth)
                return self.read(cell, first, depth + 1) if full in _PASSING else None
        return None

    def makes_path(self, cell: Cell, node: ast.expr) -> bool:
        """Return whether an expression makes a `pathlib.Path`."""
        match node:
            case ast.Call(func=func):
                return (qualified(func, self._bound) or "").startswith("pathlib.")
            case ast.Name(id=name) if name in self._once:
                return self.makes_path(cell, self._once[name].value)
            case ast.BinOp(left=left, op=ast.Div()):
                return self.makes_path(cell, left)
        return False

    def _joined(self, cell: Cell, parts: list[ast.expr], between: str, depth: int) -> PathText | None:
        said = [self.read(cell, part, depth + 1) for part in parts]
        first = said[0]
        if first is None:
            return None
        texts = [each.whole if each else None for each in said]
        known = [text for text in texts if text is not None]
        whole = None if len(known) < len(texts) else posixpath.join(*known) if between else "".join(known)
        start = first.start if whole is None or first.whole is None else first.whole
        return PathText(first.cell, first.literal, start + ("" if whole else between), whole, first.name)

    def _formatted(self, cell: Cell, node: ast.JoinedStr, first: ast.expr, depth: int) -> PathText | None:
        texts = [self._part(cell, part, depth) for part in node.values]
        known = [text for text in texts if text is not None]
        whole = "".join(known) if len(known) == len(texts) else None
        if isinstance(first, ast.Constant):
            return PathText(cell, node, str(first.value), whole)
        assert isinstance(first, ast.FormattedValue)
        said = self.read(cell, first.value, depth + 1)
        return said and PathText(
            said.cell, said.literal, said.start + ("" if whole else "/"), whole, said.name
        )

    def _part(self, cell: Cell, node: ast.expr, depth: int) -> str | None:
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                said = self.read(cell, value, depth + 1)
                return said.whole if said else None
        return None


def _unfinished(said: PathText | None, mark: str) -> PathText | None:
    """Return the path up to the first place that is filled in at run time."""
    if said is None:
        return None
    return PathText(said.cell, said.literal, said.start.partition(mark)[0], None, said.name)


def rewritten(source: str, old: str, new: str) -> str | None:
    """Return an f-string's source with another beginning; None when it is not written as plainly as that."""
    prefix = _F_STRING.match(source)
    body = source[prefix.end() :] if prefix else source
    quote = next((each for each in ('"""', "'''", '"', "'") if body.startswith(each)), "")
    rest = body[len(quote) :]
    if not prefix or not quote or not rest.startswith(old) or "\\" in new:
        return None
    return source[: prefix.end()] + quote + new + rest[len(old) :]
