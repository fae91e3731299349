"""How far every column of a model was from its limit in every window: the heat map's numbers, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from workbench.insight.drift.looked import kept, looked_at, window_at
from workbench.insight.drift.scale import CHANCES, excess, excesses
from workbench.monitoring.drift import COLUMNS
from workbench.monitoring.finding import DRIFT
from workbench.monitoring.span import zone_of
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.insight.windows import CheckBrief, WindowBrief

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]
    Places = NDArray[np.int64]

VERDICTS = (Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL)
"""The verdict of each code of `DriftMap.verdict`; -1: nothing was asked."""
PASSED, UNSURE, FAILED, NOT_ASKED = 0, 1, 2, -1
_CODES = {verdict: code for code, verdict in enumerate(VERDICTS)}
_NONE = float("nan")

EACH, WEEK, MONTH = "window", "week", "month"
GROUPINGS = (EACH, WEEK, MONTH)
"""What a column of the map may stand for."""


@dataclass(frozen=True)
class MapWindow:
    """What one column of the map stands for: a window, or all windows that begin in a week or a month.

    Attributes:
        position: of the window's event in the ledger, which names it everywhere; of several the last one's.
        rows, labelled: of all of them.
        failed, asked: columns that drifted, and columns that were asked about.
        windows: how many windows it stands for.
        doubt: why nothing could be compared; empty where something was.
    """

    position: int
    since: datetime
    until: datetime
    rows: int
    labelled: int
    failed: int
    asked: int
    windows: int = 1
    doubt: str = ""


@dataclass(frozen=True, eq=False)
class DriftMap:
    """Features × windows. The same object is returned until there are other windows; do not write into it.

    Attributes:
        features: the columns that were ever asked about, as training saw them.
        windows: the earliest first.
        score: by the column's method, shape (features, windows); NaN where there is none.
        limit: from which on (of probabilities: up to which) a score is beyond it, likewise.
        excess: the score as a multiple of its limit, above 1 beyond it whichever the method, likewise.
        verdict: codes, see `VERDICTS`, likewise.
        window: the position of the window that a cell shows: of several the one with the worst verdict.
        methods: of each feature, by which it was compared last; empty where never.
        every: what a column of the map stands for, one of `GROUPINGS`.
    """

    model: str
    features: tuple[str, ...]
    windows: tuple[MapWindow, ...]
    score: Floats
    limit: Floats
    excess: Floats
    verdict: Codes
    window: Places
    methods: tuple[str, ...]
    every: str = EACH

    def verdict_of(self, feature: int, window: int) -> Verdict | None:
        """Return the verdict of a cell, by its places; None where nothing was asked."""
        code = int(self.verdict[feature, window])
        return None if code < 0 else VERDICTS[code]

    def worst_first(self) -> list[int]:
        """Return the places of the features: those that drifted most often first, then by how far."""
        import numpy as np

        drifted = (self.verdict == FAILED).sum(axis=1)
        known = ~np.isnan(self.excess)
        mean = np.where(known, self.excess, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        return [int(place) for place in np.lexsort((-mean, -drifted))]


def drift_map(store: Store, person: Person, model: str, *, every: str = EACH) -> DriftMap:
    """Return how far each column was from its limit in each window, from memory.

    Args:
        store: of the project.
        person: who asks.
        model: its name.
        every: `window`, `week` or `month`: what a column of the map stands for. Weeks and months are those
            of the zone in which the model is monitored; each cell shows the worst of their windows.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view")
    each = kept(store, ("map", model), lambda: _made(model, looked_at(store, model)), model=model)
    if every == EACH:
        return each
    declared = store.project.config.models.get(model)
    timezone = declared.monitoring.timezone if declared else "UTC"
    return kept(store, ("map", model, every), lambda: _grouped(each, every, timezone), model=model)


def window_columns(store: Store, person: Person, model: str, window: int) -> tuple[CheckBrief, ...]:
    """Return what was said of each column in a window, those that drifted farthest first, from memory.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model or window.
    """
    person.require("view")

    def order(check: CheckBrief) -> tuple[int, float]:
        return -VERDICTS.index(check.verdict), -(excess(check.value, check.limit, check.method) or 0.0)

    return tuple(sorted(_columns(window_at(store, model, window)), key=order))


def _made(model: str, windows: Sequence[WindowBrief]) -> DriftMap:
    import numpy as np

    asked = [_columns(window) for window in windows]
    places: dict[str, int] = {}
    for checks in reversed(asked):  # columns that are asked about now come first, in their present order
        for check in checks:
            places.setdefault(check.name, len(places))
    shape = (len(windows), len(places))
    scores, limits = ([[_NONE] * len(places) for _ in windows] for _ in range(2))
    codes = [[NOT_ASKED] * len(places) for _ in windows]
    chances = np.zeros(shape, np.bool_)
    methods = [""] * len(places)
    for number, checks in enumerate(asked):  # lists take single numbers in faster than arrays do
        for check in checks:
            place = places[check.name]
            codes[number][place] = _CODES[check.verdict]
            scores[number][place] = _NONE if check.value is None else check.value
            limits[number][place] = _NONE if check.limit is None else check.limit
            if check.method:
                methods[place] = check.method
                if check.method in CHANCES:
                    chances[number, place] = True
    score, limit = (np.array(each, np.float64).reshape(shape).T for each in (scores, limits))
    verdict = np.array(codes, np.int8).reshape(shape).T
    return DriftMap(
        model,
        tuple(places),
        tuple(map(_window, windows)),
        score,
        limit,
        excesses(score, limit, chances.T),
        verdict,
        np.broadcast_to(np.array([window.position for window in windows], np.int64), shape[::-1]),
        tuple(methods),
    )


def _columns(window: WindowBrief) -> list[CheckBrief]:
    """Return the checks of columns; not the one that says why there was none to be asked."""
    return [check for check in window.of(DRIFT) if not _is_doubt(check)]


def _is_doubt(check: CheckBrief) -> bool:
    return check.name == COLUMNS and not check.method and check.value is None


def _window(window: WindowBrief) -> MapWindow:
    checks = window.of(DRIFT)
    doubts = [check.note for check in checks if _is_doubt(check)]
    return MapWindow(
        window.position,
        window.since,
        window.until,
        window.rows,
        window.labelled,
        sum(check.verdict is Verdict.FAIL for check in checks),
        len(checks) - len(doubts),
        doubt=doubts[0] if doubts else "",
    )


def _grouped(each: DriftMap, every: str, timezone: str) -> DriftMap:
    import numpy as np

    zone = zone_of(timezone)
    groups: dict[datetime, list[int]] = {}
    for place, window in enumerate(each.windows):
        groups.setdefault(_begin(window.since.astimezone(zone), every), []).append(place)
    known = np.nan_to_num(each.excess, nan=-1.0)
    rank = each.verdict * 1e9 + np.minimum(known, 1e8)
    rows = np.arange(len(each.features))
    worst = (
        np.stack([np.array(places)[rank[:, places].argmax(axis=1)] for places in groups.values()], axis=1)
        if groups
        else np.empty((len(rows), 0), np.int64)
    )

    def taken(values: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.take_along_axis(values, worst, axis=1)

    windows = tuple(
        _together(each, places, worst[:, number]) for number, places in enumerate(groups.values())
    )
    return DriftMap(
        each.model,
        each.features,
        windows,
        taken(each.score),  # type: ignore[arg-type] # of the same type as what it is taken from
        taken(each.limit),  # type: ignore[arg-type]
        taken(each.excess),  # type: ignore[arg-type]
        taken(each.verdict),  # type: ignore[arg-type]
        taken(each.window),  # type: ignore[arg-type]
        each.methods,
        every,
    )


def _begin(moment: datetime, every: str) -> datetime:
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday()) if every == WEEK else day.replace(day=1)


def _together(each: DriftMap, places: Sequence[int], worst: Places) -> MapWindow:
    """Return what windows of a week or a month are together."""
    windows = [each.windows[place] for place in places]
    verdicts = each.verdict[range(len(worst)), worst]
    last = windows[-1]
    return MapWindow(
        last.position,
        windows[0].since,
        max(window.until for window in windows),
        sum(window.rows for window in windows),
        sum(window.labelled for window in windows),
        int((verdicts == FAILED).sum()),
        int((verdicts != NOT_ASKED).sum()),
        len(windows),
        last.doubt,
    )
