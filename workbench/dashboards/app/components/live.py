"""A part of a page that follows the ledger without a reload."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import panel as pn

from workbench.dashboards.app.components.beat import each_second
from workbench.dashboards.app.components.drawing import put
from workbench.dashboards.app.components.markup import block, html
from workbench.dashboards.app.components.states import error_state
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.insight import Store

T = TypeVar("T")
_RETRY = 5  # looks after which what broke is tried again
_LATER = '<div class="later" aria-hidden="true" style="height:{height}px"></div>'
_log = logging.getLogger("workbench.dashboards")


class _Place(pn.Column):  # type: ignore[misc] # Panel's class is not typed
    """Where something live stands; as long as it stands somewhere, that is kept level."""

    def __init__(self, live: Any) -> None:
        super().__init__(sizing_mode="stretch_width", margin=0)
        self._live = live


class Live(Generic[T]):
    """Draws what a function of the data layer returns, and draws it anew when it returns something else.

    What breaks is said in its place and tried again by itself.

    Args:
        store: whose version says when to ask again.
        read: asks the data layer; what it returns is compared with `==`.
        draw: lays it out.
        kinds: of streams whose events matter; all when none is named.
        later: pixels that its place keeps until the page lives, when it is drawn first; for what no first
            look shows, which would only keep it waiting.
        ages: whether it tells how long ago something was, and is drawn anew as time goes by.

    Attributes:
        panel: what stands on the page.
    """

    def __init__(
        self,
        store: Store,
        read: Callable[[], T],
        draw: Callable[[T], Any],
        *kinds: str,
        later: int = 0,
        ages: bool = False,
    ) -> None:
        self._store = store
        self._read = read
        self._draw = draw
        self._kinds = kinds
        self._ages = ages
        self._minute = _minute(store.now())
        self._known: T | None = None
        self._drawn = False
        self._stamp: object = None
        self._broken = 0
        self._lives = False
        self.panel = _Place(self)
        self._waits = bool(later) and pn.state.curdoc is not None
        if self._waits:
            self.panel[:] = [block(html(_LATER, height=later))]
        self.refresh()
        if pn.state.curdoc is not None:
            each_second(self.tick)
            pn.state.onload(self._begin)

    def refresh(self) -> None:
        """Ask again now, as after a widget has changed what is asked."""
        if self._waits:
            return
        self._stamp = self._now()
        try:
            found = self._read()
            if not self._drawn or found != self._known:
                self._show(self._draw(found))
            self._known, self._drawn, self._broken = found, True, 0
        except Exception as error:  # noqa: BLE001 - whatever broke, its place says so
            if not isinstance(error, WorkbenchError):
                _log.exception("a part of a page broke")
            self.panel[:] = [error_state(error)]
            self._drawn, self._broken = False, 1

    def _show(self, drawn: Any) -> None:
        if [drawn] == list(self.panel):
            return
        if self._lives:
            put(self.panel, drawn)
        else:
            self.panel[:] = [drawn]

    def _begin(self) -> None:
        """Draw what has waited for the page to live."""
        if self._waits:
            self._waits = False
            self.refresh()
        self._lives = True

    def tick(self) -> None:
        """Look whether there is anything new, and draw it."""
        if self._broken:
            self._broken += 1
        if self._now() != self._stamp or self._broken > _RETRY:
            self.refresh()
        elif self._ages and self._drawn and self._minute != _minute(self._store.now()):
            self._minute = _minute(self._store.now())
            self._show(self._draw(self._known))  # type: ignore[arg-type] # it was drawn, hence it is known

    def _now(self) -> object:
        if not self._kinds:
            return self._store.version
        return self._store.changed(*self._kinds)


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)
