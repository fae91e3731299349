"""`Threshold`: move the operating point, and see at once what it comes to."""

from __future__ import annotations

import bisect
import math
from typing import TYPE_CHECKING, Any

from traitlets import Float, TraitError, validate

from workbench.errors import UsageError
from workbench.widgets.shown import Shown
from workbench.widgets.threshold.cost import Cost, read_cost
from workbench.widgets.threshold.judged import RATES, Apart, Judged, apart, read_judged
from workbench.widgets.threshold.points import Point

if TYPE_CHECKING:
    from collections.abc import Mapping

_USUAL = 0.5


class Threshold(Shown):
    """The operating point of a score: precision, recall, alerts, cost, and how groups differ.

    ```python
    wb.widgets.Threshold(y, score, groups=frame[["carrier"]], cost={"false_positive": 1, "false_negative": 5})
    wb.widgets.Threshold(model="flight-delay")   # the rows that its champion was judged by
    ```

    Rows are sorted once; a move costs the same for a thousand and for millions of them.

    Args:
        truth: 0 and 1, one for each row.
        score: more means surer, one for each row; a row is selected when it is the threshold or more.
        groups: a column, or a table of columns, of the same rows; groups of a column are compared.
        cost: of one row: any of `false_positive`, `false_negative`, `true_positive`, `true_negative`.
        model: in place of columns: the rows that were kept with one of its versions.
        run: of the model: the run that made the version.
        version: of the model: its number; the champion when neither is given.
        value: the threshold to begin with: the cheapest, the project's own or 0.5 when None.

    Attributes:
        value: the threshold, a trait: set it, observe it.
    """

    value = Float()

    def __init__(
        self,
        truth: Any = None,
        score: Any = None,
        groups: Any = None,
        cost: Any = None,
        *,
        model: str | None = None,
        run: str | None = None,
        version: int | None = None,
        value: float | None = None,
    ) -> None:
        super().__init__()
        self._cost = read_cost(cost)
        self._least: tuple[Cost, float] | None = None
        given = {"truth": truth, "score": score, "groups": groups}
        _check_asked(given, model, run, version)
        usual: float | None = None
        if model is not None:
            self.judged, usual = _of_model(model, run, version)
        else:
            self.judged = _of_columns(given)
        self.thresholds = self.judged.whole.curve()
        if value is None:
            value = self.cheapest if self._cost is not None else usual
        self.value = value if value is not None else self._middle()

    @validate("value")  # type: ignore[untyped-decorator] # of traitlets
    def _is_number(self, proposal: Mapping[str, Any]) -> float:
        if not math.isfinite(proposal["value"]):
            raise TraitError(f"The threshold must be a number, but got {proposal['value']!r}.")
        return float(proposal["value"])

    @property
    def point(self) -> Point:
        """What the threshold comes to over all rows."""
        return self.judged.whole.at(self.value)

    @property
    def cost(self) -> Cost | None:
        """What right and wrong answers cost; set it to a mapping to change it."""
        return self._cost

    @cost.setter
    def cost(self, given: Any) -> None:
        self._cost = read_cost(given)
        self.notify_change(
            {"name": "value", "old": self.value, "new": self.value, "owner": self, "type": "change"}
        )

    @property
    def cheapest(self) -> float:
        """The threshold at which all rows cost least.

        Raises:
            UsageError: no cost was given.
        """
        if self._cost is None:
            raise UsageError(
                "Nobody said what errors cost, so no threshold is the cheapest.",
                hint='Say it: threshold.cost = {"false_positive": 1, "false_negative": 5}',
            )
        if self._least is None or self._least[0] != self._cost:
            self._least = (self._cost, self._cost.cheapest(self.judged.whole))
        return self._least[1]

    @property
    def differences(self) -> dict[str, dict[str, Apart]]:
        """How far apart the groups of each column are, by rate."""
        return {
            column: {rate: apart(points, rate) for rate in RATES}
            for column in self.judged.groups
            for points in [self.judged.by_group(column, self.value)]
        }

    def at(self, value: float) -> Point:
        """Return what another threshold would come to, without moving."""
        return self.judged.whole.at(value)

    def place(self) -> int:
        """Return the place of the threshold on the curve, or that of its nearest neighbour."""
        after = bisect.bisect_left(self.thresholds, self.value)
        near = [place for place in (after - 1, after) if 0 <= place < len(self.thresholds)]
        return min(near, key=lambda place: abs(self.thresholds[place] - self.value))

    def text(self) -> str:
        """Return what the threshold comes to, in words."""
        from workbench.widgets.threshold.words import said

        return said(self)

    def build(self) -> Any:
        """Return the view."""
        from workbench.widgets.threshold.view import build

        view, end = build(self)
        self._at_close(end)
        return view

    def __repr__(self) -> str:
        return f"<Threshold {self.value:.4g} on {self.judged.whole.rows:,} rows>"

    def _middle(self) -> float:
        low, high = self.thresholds[0], self.thresholds[-1]
        return _USUAL if low <= _USUAL <= high else self.thresholds[len(self.thresholds) // 2]


def _check_asked(given: Mapping[str, Any], model: str | None, run: str | None, version: int | None) -> None:
    if model is None and (run is not None or version is not None):
        raise UsageError(
            "Threshold got a run or a version without its model.", hint='Threshold(model="NAME", run="RUN")'
        )
    if model is not None and any(column is not None for column in given.values()):
        raise UsageError(
            "Threshold got columns and a model, and cannot tell which is meant.",
            hint="Give truth, score and groups, or model and run.",
        )


def _of_columns(given: Mapping[str, Any]) -> Judged:
    if given["truth"] is None or given["score"] is None:
        raise UsageError(
            "Threshold needs a truth and a score, or a model.",
            hint='Threshold(y, score), or Threshold(model="NAME", run="RUN")',
        )
    return read_judged(**given)


def _of_model(model: str, run: str | None, version: int | None) -> tuple[Judged, float | None]:
    from workbench.widgets.session import session
    from workbench.widgets.threshold.source import of_model, usual_threshold

    sitting = session()
    return of_model(sitting, model, run=run, version=version), usual_threshold(sitting, model)
