"""A part of a page that follows the ledger without a reload."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import panel as pn

from workbench.dashboards.app.components.drawing import put
from workbench.dashboards.app.components.states import error_state
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.insight import Store

T = TypeVar("T")
_EVERY = 1000  # milliseconds between two looks at the store's version
_RETRY = 5  # looks after which what broke is tried again
_log = logging.getLogger("workbench.dashboards")


class Live(Generic[T]):
    """Draws what a function of the data layer returns, and draws it anew when it returns something else.

    What breaks is said in its place and tried again by itself.

    Args:
        store: whose version says when to ask again.
        read: asks the data layer; what it returns is compared with `==`.
        draw: lays it out.
        kinds: of streams whose events matter; all when none is named.

    Attributes:
        panel: what stands on the page.
    """

    def __init__(self, store: Store, read: Callable[[], T], draw: Callable[[T], Any], *kinds: str) -> None:
        self._store = store
        self._read = read
        self._draw = draw
        self._kinds = kinds
        self._known: T | None = None
        self._drawn = False
        self._stamp: object = None
        self._broken = 0
        self._drawings = 0
        self._settled = False
        self.panel = pn.Column(sizing_mode="stretch_width", margin=0)
        self.refresh()
        if pn.state.curdoc is not None:
            pn.state.add_periodic_callback(self._tick, period=_EVERY)
            pn.state.onload(self._settle)

    def refresh(self) -> None:
        """Ask again now, as after a widget has changed what is asked."""
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
        self._drawings += 1
        if self._settled:
            put(self.panel, drawn)
        else:
            self.panel[:] = [drawn]

    def _settle(self) -> None:
        """Draw once more what was drawn anew while the page was built: the browser may have missed it."""
        if self._drawings > 1:
            self._drawn = False
            self.refresh()
        self._settled = True

    def _tick(self) -> None:
        if self._broken:
            self._broken += 1
        if self._now() != self._stamp or self._broken > _RETRY:
            self.refresh()

    def _now(self) -> object:
        if not self._kinds:
            return self._store.version
        return self._store.changed(*self._kinds)
