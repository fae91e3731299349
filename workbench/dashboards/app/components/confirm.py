"""What acts: a button, and a dialog that names the consequence and asks for the reason."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, ClassVar

import param
from markupsafe import Markup

from workbench.dashboards.app.components.control import Control, labelled, when
from workbench.dashboards.app.components.entries import pressed
from workbench.dashboards.app.components.markup import html
from workbench.dashboards.app.components.said import say
from workbench.dashboards.app.components.states import error_markup

_log = logging.getLogger("workbench.dashboards")
_LONGEST = 2000  # characters of a reason


class Action(Control):
    """A button that asks before it acts.

    Args:
        label: of the button, the verb.
        title: of the dialog, a question: `Roll back flight-delay?`
        consequence: what will happen, in a sentence; asked for when the dialog opens.
        act: does it, given the reason, and returns what is told then. It belongs to the data layer, which
            checks the person's role; it runs in a thread of its own.
        then: called when it is done, on the page's own thread.
        danger: whether the button is red.
        needs_reason: whether it can be confirmed without one.
        disabled_because: why it cannot be pressed; empty when it can.

    Attributes:
        is_open: whether the dialog is.
    """

    value = param.String("")
    is_open = param.Boolean(False)
    _rename: ClassVar[dict[str, str | None]] = {**Control._rename, "is_open": None}
    _draws: ClassVar[tuple[str, ...]] = ("label", "value", "disabled", "is_open")
    _stretches: ClassVar[bool] = False

    def __init__(
        self,
        label: str,
        *,
        title: str,
        consequence: Callable[[], str | Markup],
        act: Callable[[str], str],
        then: Callable[[], None] = lambda: None,
        danger: bool = False,
        needs_reason: bool = True,
        disabled_because: str = "",
    ) -> None:
        self._consequence, self._act, self._then = consequence, act, then
        self._title, self._danger, self._needs_reason = title, danger, needs_reason
        self._because = disabled_because
        self._said: str | Markup = ""
        self._refused: str | Markup = ""
        self._works = False
        super().__init__(label=label, disabled=bool(disabled_because))

    @property
    def panel(self) -> Action:
        """Itself: what stands on the page."""
        return self

    def ask(self) -> None:
        """Open the dialog."""
        self._said, self._refused, self._works = self._consequence(), "", False
        self.param.update(value="", is_open=True)

    def close(self) -> None:
        """Close the dialog without doing anything."""
        self.is_open = False

    def acted(self, act: str, value: Any, name: str) -> Any:
        """Ask, take the reason, do it or close."""
        del name
        if act == "ask":
            self.ask()
        elif act == "close":
            self.close()
        elif act == "reason" and isinstance(value, str):
            self.value = value[:_LONGEST]
        elif act == "confirm" and self.is_open and not self._works and self._may_confirm():
            self._works = True  # at once: a second click may come before the first one is looked after
            return self._confirmed()
        return None

    def shape(self) -> Markup:
        """Return the button, and the dialog while it is open."""
        tone = "asks risky" if self._danger else "asks"
        button = pressed(self.label, "ask", kind=tone, title=self._because, disabled=self.disabled)
        return html("{button}{dialog}", button=button, dialog=self._dialog() if self.is_open else "")

    def _dialog(self) -> Markup:
        label = "Reason, for the record" + ("" if self._needs_reason else " (may be empty)")
        field = html(
            '<textarea rows="3" data-act="reason" data-on="change input" maxlength="{most}">'
            "{value}</textarea>",
            most=_LONGEST,
            value=self.value,
        )
        return html(
            '<dialog aria-label="{title}"{wanted}><h2>{title}</h2><p>{said}</p>{refused}{reason}'
            "<footer>{cancel}{confirm}</footer></dialog>",
            title=self._title,
            wanted=when(True, "data-wanted"),
            said=self._said,
            refused=self._refused,
            reason=labelled(label, field),
            cancel=pressed("Cancel", "close"),
            confirm=pressed(
                self.label,
                "confirm",
                kind="danger" if self._danger else "main",
                disabled=self._works or not self._may_confirm(),
            ),
        )

    def _may_confirm(self) -> bool:
        return bool(self.value.strip()) or not self._needs_reason

    async def _confirmed(self) -> None:
        self.draw()
        try:
            told = await asyncio.to_thread(self._act, self.value.strip())
        except Exception as error:  # noqa: BLE001 - the dialog says what went wrong, and stays
            _log.info("%s: %s", self.label, error)
            self._said, self._refused = (
                self._consequence(),
                error_markup(error, what="This", said="was refused"),
            )
            self._works = False
            self.draw()
            return
        self._works = False
        self.is_open = False
        say(told)
        self._then()
