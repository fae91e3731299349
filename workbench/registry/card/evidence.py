"""Evidence of any gate, as tables and facts: its shape is the gate's own affair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.registry.card.document import Bars, Block, Facts, Folded, Table, Text
from workbench.registry.card.words import NONE, label, number, value

_MOST_ROWS = 40
_MOST_BARS = 15
_EXPLAINS = ("importance", "contribution", "dependence", "partial_dependence", "explanation")


def evidence_blocks(evidence: Mapping[str, Any]) -> Iterator[Block]:
    """Yield what a gate kept: numbers first, then a table for each list or table in it."""
    plain = {k: v for k, v in evidence.items() if v and not _is_table(v) and not isinstance(v, Mapping)}
    if plain:
        yield Facts({label(name): value(part) for name, part in plain.items()})
    rest = {k: v for k, v in evidence.items() if k not in plain and not k.startswith(_EXPLAINS)}
    worst, next_ = rest.get("worst"), rest.get("next")
    if isinstance(worst, Mapping) and _is_table(next_):
        yield table_of([worst, *rest.pop("next")], "the worst first")
        rest.pop("worst")
    for name, part in rest.items():
        if _is_table(part):
            yield table_of(part, label(name))
        elif isinstance(part, Mapping) and part:
            yield from _mapping(name, part)


def explanation_blocks(evidence: Mapping[str, Any]) -> Iterator[Block]:
    """Yield what is kept of how a model comes to its answers: whatever is named for an explanation."""
    for name, part in evidence.items():
        if name.startswith(_EXPLAINS):
            yield from _explained(name, part)


def _explained(name: str, part: Any) -> Iterator[Block]:
    numbers = _numbers(part)
    if numbers:
        yield bars_of(numbers, f"{label(name)}, the largest first")
    elif _is_table(part) and all("values" in row and "scores" in row for row in part):
        for row in part:
            curve = [[value(x), value(y)] for x, y in zip(row["values"], row["scores"], strict=False)]
            title = f"{label(name)} on {row.get('column', '')}"
            columns = [label(str(row.get("column", "value"))), "mean score"]
            yield Folded(title, [Table(columns, curve, frozenset({"mean score"}))])
    elif _is_table(part):
        yield table_of(part, label(name))
    elif isinstance(part, Mapping):
        plain = {k: v for k, v in part.items() if not isinstance(v, (list, tuple, Mapping)) and v is not None}
        blocks = [block for key in part if key not in plain for block in _explained(key, part[key])]
        yield from (block for block in blocks if not isinstance(block, Folded))
        yield Facts({label(key): value(found) for key, found in plain.items()})
        yield from (block for block in blocks if isinstance(block, Folded))
    elif part:
        yield Text(f"{label(name)}: {value(part)}")


def bars_of(numbers: Mapping[str, float], caption: str) -> Bars:
    """Return the largest numbers as bars, the largest first."""
    ordered = sorted(numbers.items(), key=lambda pair: -abs(pair[1]))[:_MOST_BARS]
    more = f", the {_MOST_BARS} largest of {len(numbers)}" if len(numbers) > _MOST_BARS else ""
    return Bars([(name, size, number(size)) for name, size in ordered], f"{caption}{more}")


def table_of(rows: Sequence[Mapping[str, Any]], caption: str) -> Table:
    """Return a list of mappings as a table."""
    told = list(dict.fromkeys(name for row in rows for name in row if _is_told(rows, name)))
    numeric = [name for name in told if all(_is_number(row.get(name)) for row in rows)]
    columns = [*(name for name in told if name not in numeric), *numeric]
    right = frozenset(map(label, numeric))
    shown = [[value(row.get(column)) for column in columns] for row in rows[:_MOST_ROWS]]
    more = f", the first {_MOST_ROWS} of {len(rows)}" if len(rows) > _MOST_ROWS else ""
    return Table([label(column) for column in columns], shown, right, caption=f"{caption}{more}")


def _mapping(name: str, part: Mapping[str, Any]) -> Iterator[Block]:
    if all(isinstance(inner, Mapping) for inner in part.values()):
        yield table_of([{label(name): key, **inner} for key, inner in part.items()], label(name))
    else:
        yield table_of([part], label(name))


def _numbers(part: Any) -> dict[str, float]:
    """Return names with numbers, from a mapping or a table; empty if it is neither.

    Of a table it is the first column of texts and the first of numbers.
    """
    if isinstance(part, Mapping) and part and all(_is_number(v) and v is not None for v in part.values()):
        return {str(name): float(size) for name, size in part.items()}
    if not _is_table(part):
        return {}
    found = {}
    for row in part:
        name = next((v for v in row.values() if isinstance(v, str)), None)
        size = next((v for v in row.values() if v is not None and _is_number(v)), None)
        if name is None or size is None:
            return {}
        found[name] = float(size)
    return found


def _is_table(part: Any) -> bool:
    return isinstance(part, (list, tuple)) and bool(part) and all(isinstance(row, Mapping) for row in part)


def _is_told(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    return any(value(row.get(column)) != NONE for row in rows)


def _is_number(part: Any) -> bool:
    return part is None or (isinstance(part, (int, float)) and not isinstance(part, bool))
