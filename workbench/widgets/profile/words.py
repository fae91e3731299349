"""A dataset's version in words, with small pictures that a terminal can draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from workbench.cli.amount import bytes_text, number_text, plural
from workbench.widgets.parts.text import moment

if TYPE_CHECKING:
    from workbench.insight.datasets import ColumnSketch, DatasetChange, DatasetProfile

_BLOCKS = "▁▂▃▄▅▆▇█"
_MOST = 40  # columns that a text lists
_SURE = 1000  # different values up to which a sample tells about how many there are


def said(profile: DatasetProfile, change: DatasetChange | None) -> str:
    """Return everything that is known of it."""
    lines = [headline(profile), f"Columns from {profile.basis}:"]
    rows = [_HEADS, *(_row(column, exact=profile.is_exact) for column in profile.columns[:_MOST])]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    lines += ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    left = len(profile.columns) - _MOST
    if left > 0:
        lines.append(f"  and {left} more columns")
    if change is not None:
        lines += ["", *change_lines(change)]
    return "\n".join(lines)


def headline(profile: DatasetProfile) -> str:
    """Return the version's facts in a line."""
    return (
        f"{profile.name} version {profile.version}: {plural(profile.rows, 'row')}, "
        f"{plural(len(profile.columns), 'column')}, {bytes_text(profile.size)}, "
        f"made by run {profile.run}, {moment(profile.at)}"
    )


def change_lines(change: DatasetChange) -> Iterator[str]:
    """Return what changed, a line each."""
    before, after = change.before, change.after
    yield f"Version {after.version} against version {before.version}:"
    if change.same:
        yield "  the same content"
        return
    by = after.rows - before.rows
    yield f"  rows {before.rows:,} → {after.rows:,} ({by:+,})" if by else f"  rows {after.rows:,}, as before"
    yield from (f"  + {name}: {kind}" for name, kind in change.added.items())
    yield from (f"  - {name}: {kind}" for name, kind in change.removed.items())
    yield from (f"  ~ {name}: {old} → {new}" for name, old, new in change.retyped)
    told = [column for column in change.columns if column.facts]
    yield from (f"  ~ {column.name}: {'; '.join(column.facts)}" for column in told)
    if not told:
        yield "  no column is spread otherwise"
    yield f"  (Jensen–Shannon distance, 0 to 1, told from 0.1; from {change.basis})"


def distinct_text(column: ColumnSketch, *, exact: bool) -> str:
    """Return how many different values there are, where that is known."""
    if column.distinct is None:
        return "–"
    if exact or column.distinct <= _SURE:
        return f"about {column.distinct:,}" if column.distinct > 1 else str(column.distinct)
    return "many"


def share_text(share: float) -> str:
    """Return a share of rows: nothing for none of them, and never 0 % for a few."""
    if share <= 0:
        return ""
    return "under 0.1 %" if share < 0.001 else f"{100 * share:.1f} %"


def end_text(value: object) -> str:
    """Return a column's least or greatest value, the beginning of a long one."""
    text = number_text(value)
    return text if len(text) <= 20 else f"{text[:19]}…"


def drawn(counts: Sequence[int]) -> str:
    """Return counts as a line of blocks."""
    top = max(counts, default=0)
    if not top:
        return ""
    return "".join(_BLOCKS[round((len(_BLOCKS) - 1) * count / top)] if count else " " for count in counts)


_HEADS = ("column", "type", "missing", "different", "least", "mean", "greatest", "spread")


def _row(column: ColumnSketch, *, exact: bool) -> tuple[str, ...]:
    return (
        column.name,
        column.type,
        share_text(column.missing),
        distinct_text(column, exact=exact),
        end_text(column.minimum),
        end_text(column.mean) if column.mean is not None else "",
        end_text(column.maximum),
        drawn(column.counts),
    )
