"""What somebody looks at: a window and a column, chosen in two fields, by a click or by the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from workbench.dashboards.app.components import Select
from workbench.dashboards.views.drift.parts import FIELD, span_text
from workbench.insight.drift import drift_map

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store
    from workbench.insight.drift import DriftMap

LAST = 0
"""Stands for the last window, whichever that is by now."""

_LAST_WORDS = "The last one"
_DIGITS = 12


class Choice:
    """A window and a column of a model.

    Args:
        store: of the project.
        person: who looks.
        location: whose query holds the choice.
        model: its name.

    Attributes:
        model: its name.
        window: the field; its value is a position in the ledger, or `LAST`.
        feature: the field.
    """

    def __init__(self, store: Store, person: Person, location: Location, model: str) -> None:
        self.model = model
        self._store, self._person, self._location = store, person, location
        self._asked = _number(location.get("window"))
        found = self.map()
        worst = found.worst_first()
        self.window = Select(
            label="Window", options=self._windows(found), value=LAST, width=250, margin=FIELD
        )
        self.feature = Select(
            label="Column",
            options=sorted(found.features, key=str.casefold),
            value=found.features[worst[0]] if worst else None,
            width=230,
            margin=FIELD,
        )
        location.bind(self.window, "window")
        location.bind(self.feature, "feature")

    def map(self) -> DriftMap:
        """Return the model's map, a column for each window."""
        return drift_map(self._store, self._person, self.model)

    @property
    def position(self) -> int:
        """The position of the chosen window."""
        return int(self.window.value) or self.map().windows[-1].position

    @property
    def since(self) -> datetime | None:
        """When the chosen window begins; None where it was looked at again since."""
        position = self.position
        return next((each.since for each in self.map().windows if each.position == position), None)

    def follow(self) -> None:
        """Offer the windows and columns that there are by now."""
        found = self.map()
        windows, features = self._windows(found), sorted(found.features, key=str.casefold)
        if windows != self.window.options:
            self.window.options = windows
        if features != self.feature.options:
            self.feature.options = features
            if self.feature.value not in features and features:
                self.feature.value = found.features[found.worst_first()[0]]

    def pick(self, feature: str, position: int) -> None:
        """Choose a cell; the address names it, also where it was shown before it was chosen."""
        if feature != self.feature.value:
            self.feature.value = feature
        self.pick_window(position)
        self._location.set(feature=feature)

    def pick_window(self, position: int) -> None:
        """Choose a window."""
        if position in self.window.options.values() and position != self.window.value:
            self.window.value = position

    def watch(self, act: Callable[[], None], *, feature: bool = False) -> None:
        """Let something happen when another window is chosen, or another column, too."""
        self.window.param.watch(lambda _: act(), "value")
        if feature:
            self.feature.param.watch(lambda _: act(), "value")

    def _windows(self, found: DriftMap) -> dict[str, int]:
        """Return the positions of windows by what they are called, the newest first."""
        options = {_LAST_WORDS: LAST}
        for window in reversed(found.windows):
            options[span_text(window.since, window.until)] = window.position
        if self._asked and self._asked not in options.values():
            for earlier in self._store.windows(self.model):  # the same time was looked at again since
                if earlier.position == self._asked:
                    said = f"{span_text(earlier.since, earlier.until)}, as looked at first"
                    options[said] = earlier.position
        return options


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else LAST
