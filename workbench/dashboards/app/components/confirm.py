"""What acts: a button, and a dialog that names the consequence and asks for the reason."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui
from markupsafe import Markup

from workbench.dashboards.app.components.markup import block
from workbench.dashboards.app.components.states import error_state

_log = logging.getLogger("workbench.dashboards")
_LONGEST = 2000  # characters of a reason


class Action:
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
        button: stands where it belongs.
        panel: the button with its dialog; put this, or `button` and `dialog`, on the page.
    """

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
        self._needs_reason = needs_reason
        tone = "error" if danger else "primary"
        self.button = pmui.Button(
            label=label,
            color=tone,
            variant="outlined",
            size="small",
            disabled=bool(disabled_because),
            description=disabled_because or None,
            on_click=lambda _: self.ask(),
        )
        self._said = pn.Column(sizing_mode="stretch_width", margin=0)
        self._reason = pmui.TextAreaInput(
            label="Reason, for the record" if needs_reason else "Reason, for the record (may be empty)",
            max_length=_LONGEST,
            rows=3,
            sizing_mode="stretch_width",
            margin=(12, 0),
        )
        self._confirm = pmui.Button(label=label, color=tone, on_click=self._confirmed, disabled=needs_reason)
        self._cancel = pmui.Button(label="Cancel", variant="text", on_click=lambda _: self.close())
        self._reason.param.watch(self._typed, ["value_input", "value"])
        self.dialog = pmui.Dialog(
            self._said,
            self._reason,
            pn.Row(pn.Spacer(sizing_mode="stretch_width"), self._cancel, self._confirm, margin=0),
            title=title,
            show_close_button=True,
            width_option="sm",
        )
        self.panel = pn.Row(self.button, self.dialog, margin=0)

    def ask(self) -> None:
        """Open the dialog."""
        self._reason.value = ""
        self._said[:] = [block(self._consequence())]
        self._confirm.disabled = self._needs_reason
        self.dialog.open = True

    def close(self) -> None:
        """Close the dialog without doing anything."""
        self.dialog.open = False

    def _typed(self, event: Any) -> None:
        self._confirm.disabled = self._needs_reason and not (event.new or "").strip()

    async def _confirmed(self, _event: Any) -> None:
        reason = (self._reason.value_input or self._reason.value or "").strip()
        if self._needs_reason and not reason:
            return
        self._confirm.disabled = True
        try:
            told = await asyncio.to_thread(self._act, reason)
        except Exception as error:  # noqa: BLE001 - the dialog says what went wrong, and stays
            _log.info("%s: %s", self.button.label, error)
            self._said[:] = [block(self._consequence()), error_state(error, what="This")]
            self._confirm.disabled = False
            return
        self.dialog.open = False
        if pn.state.notifications is not None:
            pn.state.notifications.success(told, duration=6000)
        self._then()
