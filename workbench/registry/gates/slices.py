"""Good enough for everybody: one metric in every slice of the rows, and the worst slice by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from annotated_types import Ge, Le, MinLen
from pydantic import Field, model_validator

from workbench.registry.gate import Finding, Scored, Unmeasurable
from workbench.registry.gates.bar import Bar
from workbench.registry.group import MISSING, OTHERS, Group, groups, sized
from workbench.registry.metric import check_numbers, measure
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class _Slice:
    group: Group
    rows: int
    value: float | None
    why: str = ""

    def row(self) -> dict[str, Any]:
        found = {"column": self.group.column, "value": self.group.value, "rows": self.rows}
        return {**found, "metric": self.value, "note": self.why}


class Slices(Bar):
    """`slices = { by = ["carrier", "origin"], metric = "auc", at_least = 0.60, min_rows = 500 }`.

    Every value of every column is a slice, and each is held to the bar. Slices below `min_rows` are put
    together, column by column, and judged as one, so that being small is no way out; where even that is
    too small, its rows are judged by nobody. The gate fails when any slice is on the wrong side. It is
    inconclusive when a slice cannot be measured, when one that is `expected` is empty or too small, when
    no value of a column has enough rows, or more than the share `unjudged` of the rows is left over.

    Attributes:
        by: the columns of the frame.
        min_rows: the fewest rows that a slice is judged on.
        expected: for a column the values that must be there.
        unjudged: the largest share of rows that may be left out because their slices are too small.
    """

    needs: ClassVar[tuple[str, ...]] = ("frame",)

    by: Annotated[tuple[str, ...], MinLen(1), Field(strict=False)]
    min_rows: Annotated[int, Ge(2)] = 500
    expected: dict[str, Annotated[tuple[str | int | bool, ...], Field(strict=False)]] = Field({})
    unjudged: Annotated[float, Ge(0), Le(1)] = 0.01

    @model_validator(mode="after")
    def _expects_what_is_sliced(self) -> Self:
        strange = sorted(set(self.expected) - set(self.by))
        if strange:
            raise ValueError(f"expected names {', '.join(strange)}, which is not among by")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that rows are sliced by."""
        return self.by

    def judge(self, scored: Scored) -> Finding:
        """Return pass when every slice is on the right side of the bar."""
        check_numbers(scored.task, scored.y, scored.score)
        found: list[_Slice] = []
        doubts: list[str] = []
        for column in self.by:
            large, small = sized(groups(scored, column), self.min_rows)
            doubts += self._absent(column, large, small)
            if all(group.value == MISSING for group in large):
                doubts.append(f"no value of {column} has {self.min_rows:,} rows")
            pool = _together(column, small)
            if pool is not None and len(pool.rows) >= self.min_rows:
                large.append(pool)
            elif pool is not None and len(pool.rows) > self.unjudged * scored.rows:
                doubts.append(f"{pool.label} has {len(pool.rows):,} rows, too few to judge")
            found += [self._measured(scored, group) for group in large]
        doubts += [f"{slice_.group.label}: {slice_.why}" for slice_ in found if slice_.why]
        return self._finding(scored, found, doubts)

    def _absent(self, column: str, large: Sequence[Group], small: Sequence[Group]) -> list[str]:
        judged, there = {group.value for group in large}, {group.value: len(group.rows) for group in small}
        wanted = [str(value) for value in self.expected.get(column, ())]
        return [
            f"{column}={value} is expected, but has {there.get(value, 0):,} rows"
            for value in wanted
            if value not in judged
        ]

    def _measured(self, scored: Scored, group: Group) -> _Slice:
        rows = group.rows
        try:
            value = measure(self.metric, scored.task, scored.y[rows], scored.score[rows])
        except Unmeasurable as reason:
            return _Slice(group, len(rows), None, str(reason))
        return _Slice(group, len(rows), value)

    def _finding(self, scored: Scored, found: Sequence[_Slice], doubts: Sequence[str]) -> Finding:
        table = [slice_.row() for slice_ in found]
        measured = sorted(
            ((slice_.value, slice_) for slice_ in found if slice_.value is not None),
            key=lambda pair: self.room(pair[0]),
        )
        if not measured:
            why = "; ".join(doubts) or f"no slice has {self.min_rows:,} rows"
            return Finding(Verdict.INCONCLUSIVE, why, {"rows": scored.rows}, table)
        value, worst = measured[0]
        beyond = [slice_ for number, slice_ in measured if self.room(number) < 0]
        verdict = Verdict.FAIL if beyond else Verdict.INCONCLUSIVE if doubts else Verdict.PASS
        said = (
            f"worst of {len(found)} slices is {worst.group.label} with {self.metric} {value:.4f} "
            f"in {worst.rows:,} rows, must be {self.words}"
        )
        if len(beyond) > 1:
            said += f"; {len(beyond)} slices are not"
        evidence = {
            "metric": self.metric,
            "worst": worst.row(),
            "next": [slice_.row() for _, slice_ in measured[1:5]],
            "slices": len(found),
            "beyond": len(beyond),
            "doubts": list(doubts),
            "rows": scored.rows,
        }
        return Finding(verdict, "; ".join([said, *doubts]), evidence, table)


def _together(column: str, small: Sequence[Group]) -> Group | None:
    import numpy as np

    if not small:
        return None
    rows: NDArray[np.int64] = np.sort(np.concatenate([group.rows for group in small]))
    return Group(column, OTHERS if len(small) > 1 else small[0].value, rows)
