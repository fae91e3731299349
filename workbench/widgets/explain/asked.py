"""A version that is asked about one row, as its service would be, and what training saw of its columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.errors import UnknownNameError, UsageError
from workbench.insight.deployments.contributions import Explained, explain_values
from workbench.serving.batch import Batch
from workbench.serving.refused import Refused

if TYPE_CHECKING:
    from workbench.data.drift import Reference
    from workbench.serving.model import ServedModel
    from workbench.serving.model.column import Column
    from workbench.widgets.session import Session

MOST_NAMES = 40
"""Names of a column that are offered, the most frequent ones."""

_LINE = 33  # values along which an answer is followed
_NUMBERS = ("number", "integer")


@dataclass(frozen=True)
class Seen:
    """What training saw of a column.

    Attributes:
        kind: number, integer, boolean, category or text.
        names: the most frequent ones; empty for numbers.
        numbers: from small to large, as many in each step; empty for names, and where nothing was kept.
        usual: a value that stands for all: the median, or the most frequent name; None where unknown.
    """

    kind: str
    names: tuple[Any, ...] = ()
    numbers: tuple[float, ...] = ()
    usual: Any = None

    @property
    def is_number(self) -> bool:
        """Whether the column takes numbers."""
        return self.kind in _NUMBERS

    def has(self, value: Any) -> bool:
        """Whether training may have seen a value; True where nobody knows."""
        if value is None:
            return True
        if self.is_number:
            return not self.numbers or self.numbers[0] <= value <= self.numbers[-1]
        return not self.names or len(self.names) == MOST_NAMES or value in self.names


class AskedModel:
    """A version and what is known of its columns.

    Args:
        served: answers, as its service does.
        reference: what it was trained on; None where nothing was kept.
    """

    def __init__(self, served: ServedModel, reference: Reference | None) -> None:
        self.served = served
        self.seen = {column.name: _seen(column, reference) for column in served.columns}

    @property
    def name(self) -> str:
        """The model and the version."""
        return f"{self.served.model} version {self.served.version}"

    def usual(self) -> dict[str, Any]:
        """Return a row that stands for all; nobody's.

        Raises:
            UsageError: nothing was kept of what training saw, so there is no such row.
        """
        example = self.served.example
        if all(seen.usual is None for seen in self.seen.values()) and example is not None:
            names = example.columns or list(self.seen)
            return self.row(dict(zip(names, example.rows[0], strict=True)))
        if all(seen.usual is None for seen in self.seen.values()):
            raise UsageError(
                f"{self.name} was saved without a reference and without an example.",
                hint="Give a row: Explain(model=…, row={…})",
            )
        return {name: seen.usual for name, seen in self.seen.items()}

    def row(self, given: Any) -> dict[str, Any]:
        """Return a row of any library as plain values by column; what the model does not take is left out.

        Raises:
            UsageError: it is no row, or lacks columns that the model cannot do without.
        """
        values = _mapping(given)
        lacking = [c.name for c in self.served.columns if c.required and c.name not in values]
        if lacking:
            raise UsageError(
                f"The row lacks {', '.join(lacking[:8])}{' …' if len(lacking) > 8 else ''}, "
                f"which {self.name} takes.",
                hint=f"Give all of its {len(self.seen)} columns; None where a value is missing.",
            )
        return {name: _plain(values.get(name)) for name in self.seen}

    def check(self, name: str) -> Seen:
        """Return what is known of a column.

        Raises:
            UnknownNameError: the model does not take it.
        """
        if name not in self.seen:
            raise UnknownNameError(f"column of {self.name}", name, self.seen)
        return self.seen[name]

    def explain(self, row: Mapping[str, Any]) -> Explained:
        """Return what each column contributed to a row's answer.

        Raises:
            UsageError: a value does not fit its column, or the model cannot be explained.
        """
        try:
            return explain_values(self.served, row)
        except Refused as refused:
            raise UsageError(refused.message, hint=refused.hint) from refused

    def answers(self, rows: Sequence[Mapping[str, Any]]) -> list[list[float]]:
        """Return the scores of rows: the probability, the probabilities of all classes, or the value.

        Raises:
            UsageError: a value does not fit its column.
        """
        try:
            return self.served.score(Batch(list(self.seen), [list(row.values()) for row in rows])).scores
        except Refused as refused:
            raise UsageError(refused.message, hint=refused.hint) from refused

    def along(self, row: Mapping[str, Any], name: str, group: int | None) -> list[tuple[Any, float]]:
        """Return the answers to a row while one column takes the values that training saw.

        Args:
            row: all other values.
            name: the column.
            group: of several classes, which one's probability.
        """
        seen = self.check(name)
        values: list[Any] = list(seen.names) if not seen.is_number else _steps(seen)
        if row[name] is not None and row[name] not in values:
            values = sorted([*values, row[name]]) if seen.is_number else [*values, row[name]]
        if not values:
            return []
        scores = self.answers([{**row, name: value} for value in values])
        return [(value, score[group or 0]) for value, score in zip(values, scores, strict=True)]


def asked_model(session: Session, reference: str) -> AskedModel:
    """Return the version that `MODEL@ALIAS`, `MODEL/3` or `MODEL`, for its champion, means.

    Raises:
        AccessError: the person may not look.
        UsageError: nobody holds the alias, or the model cannot answer rows.
        UnknownNameError: there is no such model, alias or version.
        IntegrityError: its files are not those that were recorded.
    """
    from workbench.data.drift import load_reference
    from workbench.data.place import located
    from workbench.registry.load import resolve
    from workbench.serving.model import load_served

    session.person.require("view")
    version = resolve(reference, session.store.ledger)
    try:
        served = load_served(version, session.project)
    except Refused as refused:
        raise UsageError(refused.message, hint=refused.hint) from refused
    return AskedModel(served, load_reference(located(version.output, session.project.root)))


def _seen(column: Column, reference: Reference | None) -> Seen:
    from workbench.data.drift.held import HeldNames, HeldNumbers

    held = reference.columns.get(column.name) if reference is not None else None
    if isinstance(held, HeldNumbers) and len(held.values) and column.kind in _NUMBERS:
        numbers = _quantiles(held)
        return Seen(column.kind, numbers=numbers, usual=_as(column, numbers[len(numbers) // 2]))
    if column.kind == "boolean":
        return Seen(column.kind, (False, True), usual=False)
    known = {str(each): each for each in column.categories}
    if isinstance(held, HeldNames) and held.names:
        names = tuple(known.get(name, name) for name in held.names[:MOST_NAMES])
        return Seen(column.kind, names, usual=names[0])
    return Seen(column.kind, tuple(column.categories[:MOST_NAMES]))


def _quantiles(held: Any) -> tuple[float, ...]:
    """Return numbers of the column, about as many rows from one to the next."""
    import numpy as np

    places = np.linspace(0, held.counts.sum() - 1, _LINE)
    return tuple(held.values[np.searchsorted(np.cumsum(held.counts), places, side="right")].tolist())


def _steps(seen: Seen) -> list[Any]:
    """Return numbers along the column, without the few that are far out."""
    inner = seen.numbers[1:-1] or seen.numbers
    return sorted({int(v) if seen.kind == "integer" else v for v in inner})


def _as(column: Column, value: float) -> Any:
    return round(value) if column.kind == "integer" else value


def _mapping(given: Any) -> dict[str, Any]:
    found = given.to_pandas() if hasattr(given, "to_pandas") else given
    if hasattr(found, "iloc") and getattr(found, "ndim", 1) == 2:
        if len(found) != 1:
            raise _no_row(f"a table of {len(found):,} rows")
        found = found.iloc[0]
    if hasattr(found, "to_dict"):
        found = found.to_dict()
    if not isinstance(found, Mapping):
        raise _no_row(type(given).__name__)
    return {str(name): value for name, value in found.items()}


def _no_row(got: str) -> UsageError:
    return UsageError(
        f"Explain takes one row, but got {got}.",
        hint="Give a dict of column to value, or one row of a table: frame.iloc[0], frame.head(1)",
    )


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; what is missing in any library is None."""
    if hasattr(value, "item") and not isinstance(value, Iterable):
        value = value.item()
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    return value if isinstance(value, bool | int | float | str) else str(value)
