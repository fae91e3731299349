"""Which names code needs and makes."""

from __future__ import annotations

import ast

import pytest

from workbench.adopt.names import flow_of, free_names


@pytest.mark.parametrize(
    ("source", "events"),
    [
        ("x = y", "use y, bind x"),
        ("x += 1", "use x, bind x"),
        ("x: int = y", "use int, use y, bind x"),
        ("x: int", "use int"),
        ("for i in rows: print(i)", "use rows, bind i, use print, use i"),
        ("with open(p) as f: f", "use open, use p, bind f, use f"),
        ("import a.b, c as d\nfrom e import f as g", "bind a, bind d, bind g"),
        ("try:\n    a\nexcept E as e:\n    e", "use a, use E, bind e, use e"),
        ("[i * k for i in rows]", "use k, use rows"),
        ("{i: j for i, j in rows if i}", "use rows"),
        ("if (n := len(rows)) > 1: n", "use len, use rows, bind n, use n"),
        ("del x", "drop x"),
        ("def f(a, b=c): return a + d", "use c, bind f"),
        ("f = lambda a: a + d", "use d, bind f"),
        ("class A(B):\n    x = y\n    z = x", "use B, use y, bind A"),
        ("match p:\n    case [a, *rest]: a", "use p, bind a, bind rest, use a"),
        ("a.b = c[d]", "use c, use d, use a"),
        ("x, (y, *z) = p", "use p, bind x, bind y, bind z"),
        ("def f():\n    global g\n    g = 1", "bind f, bind g"),
    ],
)
def test_the_top_level_runs_in_order(source: str, events: str) -> None:
    """Values before targets; bodies of functions wait."""
    assert ", ".join(f"{e.kind} {e.name}" for e in flow_of(ast.parse(source)).events) == events


@pytest.mark.parametrize(
    ("source", "free"),
    [
        ("def f(a, *b, c=1, **d): return a, b, c, d, e", {"e"}),
        ("def f():\n    x = 1\n    return x + y", {"y"}),
        ("def f():\n    def g(): return h + x\n    x = 1\n    return g()", {"h"}),
        ("def f():\n    import os\n    return os.path, [i for i in z]", {"z"}),
        ("def f():\n    global g\n    g = 1\n    return g", {"g"}),
        ("def f():\n    try: pass\n    except E as e: return e", {"E"}),
        ("lambda a: a + b", {"b"}),
    ],
)
def test_a_function_needs_what_it_does_not_make(source: str, free: set[str]) -> None:
    """Its arguments, locals, imports and inner functions are its own."""
    statement = ast.parse(source).body[0]
    node = statement.value if isinstance(statement, ast.Expr) else statement
    assert free_names(node) == free


def test_functions_and_classes_need_things_when_they_are_called() -> None:
    """And a star import makes names that nobody sees."""
    flow = flow_of(ast.parse("def f(): return a\nclass C:\n    def m(self): return b\nfrom x import *"))
    assert flow.later == {"f": {"a"}, "C": {"b"}}
    assert flow.open
