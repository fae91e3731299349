"""As good for one group as for another: the metric's difference between groups, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import log
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic import Field, model_validator

from workbench.registry.gate import Finding, Scored, Unmeasurable
from workbench.registry.gates.apart import Pair, Side, pair
from workbench.registry.gates.blocked import Blocked, plain
from workbench.registry.group import MISSING, Group, groups
from workbench.registry.influence import PARTS
from workbench.registry.metric import METRICS, check_numbers
from workbench.registry.verdict import Verdict, combined

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_RATES: dict[str, Callable[[Floats], NDArray[np.bool_]]] = {
    "selection_rate": lambda y: (y == 0) | (y == 1),
    "true_positive_rate": lambda y: y == 1,
    "false_positive_rate": lambda y: y == 0,
}
"""Shares of the selected, each among some of the rows."""


class Fairness(Blocked):
    """`fairness = { by = ["carrier_size"], metric = "bias", max_difference = 0.05 }`.

    The metric is measured in each group of a column (Fairlearn's MetricFrame), and every two groups of a
    column are compared. It passes when the bounds of all differences, and of all ratios, are within the
    limits; it fails when those of any are beyond them, the more surely the more there are to compare; and
    it is inconclusive in between. It is so, too, when a group has too few rows, since one that cannot be
    judged is not shown to be treated fairly. Rows without a group are left out, up to the share `unjudged`.

    Attributes:
        by: columns of the frame; groups are compared within each.
        metric: one of the model's task; or `bias`, how much higher the scores are than the truth; for two
            classes also `selection_rate`, `true_positive_rate` or `false_positive_rate`.
        threshold: from which probability on a row is selected.
        max_difference: the largest difference between two groups.
        min_ratio: the smallest ratio of one group's metric to another's; 0.8 is the four-fifths rule.
        min_rows: the fewest rows that a group is judged on.
        unjudged: the largest share of rows that may be left out because they have no group.
    """

    needs: ClassVar[tuple[str, ...]] = ("frame",)

    by: Annotated[tuple[str, ...], MinLen(1), Field(strict=False)]
    metric: str
    threshold: Annotated[float, Gt(0), Lt(1)] = 0.5
    max_difference: Annotated[float, Gt(0)] | None = None
    min_ratio: Annotated[float, Gt(0), Le(1)] | None = None
    min_rows: Annotated[int, Ge(2)] = 500
    unjudged: Annotated[float, Ge(0), Le(1)] = 0.01

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if self.max_difference is None and self.min_ratio is None:
            raise ValueError("needs max_difference or min_ratio, how far apart groups may be")
        if self.min_ratio is not None and self.metric in ("bias", "r2"):
            raise ValueError(f"{self.metric} may be zero or less, so it has no ratio; set max_difference")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that hold groups."""
        return self.by

    def fits(self, task: str) -> str:
        """Return why the metric cannot be had from a model of this task."""
        known = [m.name for m in METRICS.values() if task in m.tasks]
        known += ["bias"] if task != "multiclass" else []
        known += list(_RATES) if task == "binary" else []
        if self.metric in known:
            return ""
        return f"metric is {self.metric!r}; between groups of a {task} model it is one of {', '.join(known)}"

    def judge(self, scored: Scored) -> Finding:
        """Return pass when no two groups are further apart than the limits, beyond doubt."""
        check_numbers(scored.task, scored.y, scored.score)
        blocks = self.blocks(scored)
        number = self.check_blocks(blocks)
        found = {
            column: [self._side(scored, group) for group in self._groups(scored, column)]
            for column in self.by
        }
        pairs = [
            pair(one, other, blocks, self, ratio=self.min_ratio is not None)
            for sides in found.values()
            for one, other in combinations(sides, 2)
        ]
        verdicts = [self._verdict(each, len(pairs)) for each in pairs]
        evidence = {
            "metric": self.metric,
            "groups": {column: self._by_group(scored, sides) for column, sides in found.items()},
            **_furthest(pairs),
            "pairs": len(pairs),
            "blocks": number,
            "rows": scored.rows,
        }
        table = [
            {**each.row(), "verdict": verdict.value} for each, verdict in zip(pairs, verdicts, strict=True)
        ]
        return Finding(combined(verdicts), self._words(pairs, verdicts), evidence, table)

    def _groups(self, scored: Scored, column: str) -> list[Group]:
        found = groups(scored, column)
        lost = sum(len(group.rows) for group in found if group.value == MISSING)
        if lost > self.unjudged * scored.rows:
            raise Unmeasurable(f"{lost:,} of {scored.rows:,} rows have no {column}, so no group")
        named = [group for group in found if group.value != MISSING]
        if len(named) < 2:
            raise Unmeasurable(f"{column} is {named[0].value} in every row; two groups are needed to compare")
        for group in named:
            if len(group.rows) < self.min_rows:
                has = f"{group.label} has {len(group.rows):,} rows, too few to judge"
                raise Unmeasurable(f"{has}; at least {self.min_rows:,} are needed")
        return named

    def _side(self, scored: Scored, group: Group) -> Side:
        rows = group.rows
        try:
            if self.metric in _RATES:
                rows = rows[_RATES[self.metric](scored.y[rows])]
            return Side(group, rows, self._parts(scored.y[rows], scored.score[rows]))
        except Unmeasurable as reason:
            raise Unmeasurable(f"{group.label}: {reason}") from reason

    def _parts(self, y: Floats, score: Floats) -> Floats:
        """Return one number for each row that counts, whose mean is the metric."""
        if self.metric == "bias":
            return score - y
        if self.metric not in _RATES:
            return PARTS[self.metric](y, score)
        if len(y) == 0:
            raise Unmeasurable(f"{self.metric} needs rows of both classes")
        return (score >= self.threshold).astype("float64")

    def _by_group(self, scored: Scored, sides: Sequence[Side]) -> dict[str, float]:
        """Return the metric of every group, as Fairlearn tells it."""
        import numpy as np
        from fairlearn.metrics import MetricFrame

        rows = np.concatenate([side.rows for side in sides])
        frame = MetricFrame(
            metrics=lambda those, _: float(self._parts(scored.y[those], scored.score[those]).mean()),
            y_true=rows,
            y_pred=rows,
            sensitive_features=np.repeat([s.group.value for s in sides], [len(s.rows) for s in sides]),
        )
        return {str(name): float(value) for name, value in frame.by_group.items()}

    def _verdict(self, found: Pair, claims: int) -> Verdict:
        most = -log(self.min_ratio) if self.min_ratio is not None else None
        verdicts = []
        for bounds, limit in ((found.difference, self.max_difference), (found.log_ratio, most)):
            if bounds is None or limit is None:
                continue
            surer = bounds.widened(claims, self.confidence)
            if -limit <= bounds.lower and bounds.upper <= limit:
                verdicts.append(Verdict.PASS)
            elif surer.lower > limit or surer.upper < -limit:
                verdicts.append(Verdict.FAIL)
            else:
                verdicts.append(Verdict.INCONCLUSIVE)
        return combined(verdicts)

    def _words(self, pairs: Sequence[Pair], verdicts: Sequence[Verdict]) -> str:
        worst = max(pairs, key=lambda each: abs(each.difference.mean))
        limits = [
            f"difference at most {self.max_difference:g}" if self.max_difference is not None else "",
            f"ratio at least {self.min_ratio:g}" if self.min_ratio is not None else "",
        ]
        doubtful = sum(verdict is not Verdict.PASS for verdict in verdicts)
        rest = f"; not shown for {doubtful} of {len(pairs)} pairs" if doubtful else ""
        return (
            f"{self.metric} is furthest apart for {worst.label}, {self.confidence:.0%} bounds "
            f"{worst.difference.lower:+.4f} and {worst.difference.upper:+.4f}; "
            f"must be: {', '.join(filter(None, limits))}{rest}"
        )


def _furthest(pairs: Sequence[Pair]) -> dict[str, Any]:
    worst = max(pairs, key=lambda each: abs(each.difference.mean))
    ratios = [(abs(each.log_ratio.mean), each.ratio) for each in pairs if each.log_ratio is not None]
    return {
        "furthest": [worst.ours.group.label, worst.theirs.group.label],
        "difference": plain(worst.difference),
        "ratio": max(ratios, key=lambda each: each[0])[1] if ratios else None,
    }
