"""What acts: a button, then the consequence in words, a reason for the record, and a second button."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from workbench.widgets.parts.block import block, notice
from workbench.widgets.parts.text import html


def confirm(
    label: str,
    consequence: Callable[[], str],
    act: Callable[[str], str],
    *,
    then: Callable[[], None] = lambda: None,
    danger: bool = False,
    needs_reason: bool = True,
    disabled_because: str = "",
) -> ipywidgets.VBox:
    """Return a button that asks before it acts.

    Args:
        label: the verb.
        consequence: tells what will happen, in a sentence; asked when the button is pressed.
        act: does it, given the reason, and returns what is told then. It checks the person's role itself.
        then: called when it is done.
        danger: whether the button is red.
        needs_reason: whether it can be confirmed only with one.
        disabled_because: why it cannot be pressed; empty when it can.
    """
    style = "danger" if danger else "primary"
    button = ipywidgets.Button(
        description=label,
        button_style=style,
        disabled=bool(disabled_because),
        tooltip=disabled_because or label,
    )
    said = block()
    optional = "" if needs_reason else " (may be empty)"
    reason = ipywidgets.Text(placeholder=f"Reason, for the record{optional}", description="Reason")
    yes = ipywidgets.Button(description=f"Yes: {label.lower()}", button_style=style, disabled=needs_reason)
    no = ipywidgets.Button(description="Cancel")
    asked = ipywidgets.VBox([reason, ipywidgets.HBox([yes, no])])
    asked.layout.display = "none"

    def ask(_: object) -> None:
        reason.value, yes.disabled = "", needs_reason
        try:
            said.value = html('<p class="wb-consequence">{words}</p>', words=consequence())
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told and nothing is done
            said.value = notice(error)
            return
        asked.layout.display = None
        button.disabled = True

    def close() -> None:
        asked.layout.display = "none"
        button.disabled = bool(disabled_because)

    def cancel(_: object) -> None:
        said.value = ""
        close()

    def confirmed(_: object) -> None:
        given = reason.value.strip()
        if yes.disabled or (needs_reason and not given):  # the second click of two
            return
        yes.disabled = True
        try:
            told = act(given)
        except Exception as error:  # noqa: BLE001 - the person is told, and may try again
            said.value = notice(error)
            yes.disabled = False
            return
        said.value = notice(told, "good")
        close()
        then()

    def typed(change: dict[str, str]) -> None:
        yes.disabled = needs_reason and not change["new"].strip()

    button.on_click(ask)
    yes.on_click(confirmed)
    no.on_click(cancel)
    reason.observe(typed, "value")
    made = ipywidgets.VBox([button, said, asked])
    made.add_class("wb-confirm")
    return made
