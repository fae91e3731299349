"""No view hands text from data to what takes markup."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import workbench.dashboards

VIEWS = Path(workbench.dashboards.__file__).parent / "views"
TAKES_MARKUP = {
    "HTML", "Markdown", "Str", "JSON", "Typography", "Alert", "StaticText", "DataFrame", "LaTeX", "SVG",
    "Card", "Accordion", "Details", "Markup", "Div", "Paragraph", "PreText",
}  # fmt: skip

ALLOWED = {"launching.py": {"Accordion"}}
"""Its titles are names of stages, which workbench.toml takes of letters, digits, `-` and `_` only."""

OWN_TEMPLATES = {"parts.py"}
"""Their templates are put together from the code's own parts."""


@pytest.mark.parametrize("file", sorted(VIEWS.rglob("*.py")), ids=lambda file: file.name)
def test_no_view_uses_what_takes_markup(file: Path) -> None:
    """Text from data goes through the components alone, which escape it."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    used = {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, (ast.Name, ast.Attribute))
        and (node.func.value.attr if isinstance(node.func.value, ast.Attribute) else node.func.value.id)
        in ("pn", "pane", "pmui", "widgets", "layout", "models")
    }
    assert not used & TAKES_MARKUP - ALLOWED.get(file.name, set())
    templates = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("html", "Markup")
    ]
    for call in templates if file.name not in OWN_TEMPLATES else ():
        assert isinstance(call.args[0], ast.Constant), (
            f"line {call.lineno}: a template is written in the code"
        )
