"""Controls: small parts of a page that people act on, made of markup alone.

A control is one model in the browser. Its markup is made here, of native elements; what people do to an
element with `data-act` is told to `acted`. That is a tenth of the bytes of a library of widgets and of the
time to show them, and the server can put the same markup into the page before any script runs (`first.py`).
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import panel as pn
import param
from markupsafe import Markup
from panel.custom import JSComponent

from workbench.dashboards.app.components.markup import html
from workbench.dashboards.app.theme import CONTROLS, STYLE

_SCRIPT = Path(__file__).parent / "controls.js"
_keys = count()


class Control(JSComponent):  # type: ignore[misc] # Panel's class is not typed
    """Something to act on.

    Attributes:
        label: what it is called; a screen reader reads this.
        value: what it holds.
        markup: how it looks at present.
        key: tells it from all other controls of this process.
    """

    label = param.String("")
    value = param.Parameter(None)
    disabled = param.Boolean(False)
    markup = param.String("")
    key = param.String("")

    _bundle = _SCRIPT
    _rename: ClassVar[dict[str, str | None]] = {
        "label": None,
        "value": None,
        "disabled": None,
        "options": None,
        "loading": None,
    }
    _stretches: ClassVar[bool] = True
    _draws: ClassVar[tuple[str, ...]] = ("label", "value", "disabled")

    def __init__(self, **params: Any) -> None:
        given = {"margin": 4, **params}
        if self._stretches and not {"width", "sizing_mode"} & given.keys():
            given["sizing_mode"] = "stretch_width"
        sheets = [STYLE, CONTROLS, *given.pop("stylesheets", [])]
        super().__init__(key=f"c{next(_keys)}", stylesheets=sheets, **given)
        self.param.watch(self._draw, list(self._draws))
        self.draw()

    def shape(self) -> Markup:
        """Return what it looks like with its present value."""
        raise NotImplementedError

    def acted(self, act: str, value: Any, name: str) -> Any:
        """Take in what somebody did; anybody may have sent it. What takes long returns a coroutine.

        Args:
            act: what the element's `data-act` says.
            value: of the element: text, or whether a box is ticked.
            name: what its `data-name` says.
        """
        raise NotImplementedError

    def draw(self) -> None:
        """Bring the markup level with the value."""
        self.markup = str(self.shape())

    def save(self, name: str, kind: str, text: str) -> None:
        """Let the browser save a text as a file of some MIME type."""
        self._send_msg({"name": name, "kind": kind, "text": text})

    def _draw(self, *_: Any) -> None:
        self.draw()

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, dict) or self.disabled:
            return
        act, value, name = (data.get(part) for part in ("act", "value", "name"))
        if isinstance(act, str) and isinstance(value, str | bool) and isinstance(name, str):
            with at_once():
                found = self.acted(act, value, name)
            if inspect.iscoroutine(found):
                pn.state.execute(partial(_awaited, found))

    @classmethod
    def _render_esm(cls, compiled: Any = True, server: bool = False) -> str:
        address: str = super()._render_esm(compiled=compiled, server=server)
        return f"{address}?v={_version()}" if server else address


def at_once() -> AbstractContextManager[None]:
    """Let all that is changed in a block reach the browser in one message, when the block ends."""
    return pn.io.hold(pn.state.curdoc, freeze=True)  # type: ignore[no-any-return] # Panel is not typed


def labelled(label: str, field: Markup, *, classes: str = "") -> Markup:
    """Return a field below its label."""
    return html(
        '<label class="field {classes}"><span>{label}</span>{field}</label>',
        label=label,
        field=field,
        classes=classes,
    )


def when(flag: object, attribute: str) -> Markup:
    """Return an attribute of ours that is there or not."""
    return Markup(f" {attribute}") if flag else Markup("")  # noqa: S704 - the code's own


def begin(control: Control, value: Any) -> None:
    """Let a control hold what nobody chose: it shows it, and nothing follows from it."""
    with param.parameterized.discard_events(control):
        control.value = value
    control.draw()


def watched(control: Control, act: Callable[[], None], *names: str) -> None:
    """Call something whenever a control's value, or what is named, changes."""
    control.param.watch(lambda _: act(), list(names) or ["value"])


async def _awaited(what: Any) -> None:
    await what


@cache
def _version() -> str:
    return hashlib.sha256(_SCRIPT.read_bytes()).hexdigest()[:12]
