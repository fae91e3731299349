"""`Drift`: where the world has moved away from what a model was trained on, and what that did to it."""

from __future__ import annotations

from typing import Any

from traitlets import Int, Unicode, validate

from workbench.errors import UnknownNameError
from workbench.insight.drift import (
    GROUPINGS,
    DriftCell,
    DriftMap,
    Performance,
    Summary,
    drift_cell,
    drift_map,
    performance,
    summary,
)
from workbench.widgets.named import model_named
from workbench.widgets.session import session
from workbench.widgets.shown import Shown

_WIDEST = 60  # windows that are shown one by one; of more, weeks or months


class Drift(Shown):
    """A model's drift: features × windows, one of them looked into, and how good the answers were.

    ```python
    wb.widgets.Drift()
    wb.widgets.Drift("flight-delay", feature="carrier")
    ```

    Args:
        model: the model's name; the only one when None.
        feature: the column to look into; the one that drifted most often when None.
        window: position of the window to look into, as `drift.map.windows` has it; the last when None.
        every: what a column of the map stands for: `window`, `week` or `month`; whatever fits when None.

    Attributes:
        feature: a trait, as are `window` and `every`: set it, and that one is looked into.
        model: the model's name.
        session: whose project it is.
    """

    feature = Unicode()
    window = Int()
    every = Unicode()

    def __init__(
        self,
        model: str | None = None,
        *,
        feature: str | None = None,
        window: int | None = None,
        every: str | None = None,
    ) -> None:
        super().__init__()
        self.session = session()
        self.session.person.require("view")
        self.model = model_named(self.session.store, model)
        self.every = every if every is not None else self._fitting()
        if feature is not None:
            self.feature = feature
        if window is not None:
            self.window = window
        self.settle()

    @validate("feature")  # type: ignore[untyped-decorator] # of traitlets
    def _is_feature(self, proposal: dict[str, Any]) -> str:
        if proposal["value"] not in self.map.features:
            raise UnknownNameError(f"column of {self.model!r}", proposal["value"], self.map.features)
        return str(proposal["value"])

    @validate("window")  # type: ignore[untyped-decorator] # of traitlets
    def _is_window(self, proposal: dict[str, Any]) -> int:
        known = [window.position for window in self._each.windows]
        if proposal["value"] not in known:
            raise UnknownNameError("window", str(proposal["value"]), map(str, known[-20:]))
        return int(proposal["value"])

    @validate("every")  # type: ignore[untyped-decorator] # of traitlets
    def _is_grouping(self, proposal: dict[str, Any]) -> str:
        if proposal["value"] not in GROUPINGS:
            raise UnknownNameError("grouping", proposal["value"], GROUPINGS)
        return str(proposal["value"])

    @property
    def map(self) -> DriftMap:
        """How far each column was from its limit in each window."""
        return drift_map(self.session.store, self.session.person, self.model, every=self.every)

    @property
    def cell(self) -> DriftCell | None:
        """The chosen column in the chosen window; None where nothing was asked there."""
        if not self.feature or not self.window:
            return None
        try:
            return drift_cell(self.session.store, self.session.person, self.model, self.window, self.feature)
        except UnknownNameError:
            return None  # the column was not asked about in that window

    @property
    def performance(self) -> Performance:
        """How good the answers were, window after window."""
        return performance(self.session.store, self.session.person, self.model)

    @property
    def summary(self) -> Summary:
        """What the last window came to."""
        return summary(self.session.store, self.session.person, self.model)

    def settle(self) -> None:
        """Where nothing was chosen yet, look into the column that drifted most often, in the last window."""
        found = self.map
        if not self.window and found.windows:
            self.window = found.windows[-1].position
        if not self.feature and found.features:
            self.feature = found.features[found.worst_first()[0]]

    def text(self) -> str:
        """Return which columns drifted when, and how good the answers were, in words."""
        from workbench.widgets.drift.words import said

        return said(self)

    def build(self) -> Any:
        """Return the view, and follow the windows that come."""
        from workbench.widgets.drift.view import View

        view = View(self)
        self.observe(view.draw, ["feature", "window", "every"])
        self._at_close(lambda: self.unobserve(view.draw, ["feature", "window", "every"]))
        self._at_close(self.session.follow(view.follow))
        return view.panel

    def __repr__(self) -> str:
        return f"<Drift of {self.model}>"

    @property
    def _each(self) -> DriftMap:
        return drift_map(self.session.store, self.session.person, self.model)

    def _fitting(self) -> str:
        store, person = self.session.store, self.session.person
        fits = (
            every
            for every in GROUPINGS
            if len(drift_map(store, person, self.model, every=every).windows) <= _WIDEST
        )
        return next(fits, GROUPINGS[-1])
