"""What every widget is: a text everywhere, and a view where a person's page can show one."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from importlib.util import find_spec
from numbers import Integral, Real
from typing import Any

from traitlets import HasTraits

from workbench.errors import UsageError, WorkbenchError, nearest
from workbench.pipeline.ticket import current_ticket

_LONGEST = 60  # characters of a value in an error
_PLAIN: dict[str, tuple[tuple[type, ...], str]] = {
    "str": ((str,), "a text"),
    "int": ((Integral,), "a whole number"),
    "float": ((Real,), "a number"),
    "bool": ((bool,), "True or False"),
}
VIEW = "application/vnd.jupyter.widget-view+json"


class Shown(HasTraits):  # type: ignore[misc]
    """A widget of one line; its state is in traits, and its methods do what its buttons do.

    A subclass says what it is in words (`text`) and makes its view (`build`); which of them is shown is
    decided here. Nothing waits for a person, and nothing fails for want of a page.
    """

    def __new__(cls, *arguments: Any, **named: Any) -> Shown:
        """Make one, when what was given is what its constructor takes.

        Raises:
            UsageError: an argument is unknown or missing.
        """
        _check_arguments(cls, arguments, named)
        made: Shown = super().__new__(cls, *arguments, **named)
        made._view = None
        made._endings = []
        return made

    _view: Any
    _endings: list[Callable[[], None]]

    def text(self) -> str:
        """Return everything that matters of it in words, for a terminal, a log, a screen reader."""
        raise NotImplementedError

    def build(self) -> Any:
        """Return the view, an ipywidgets widget; called once, when it is first shown on a page."""
        raise NotImplementedError

    @property
    def view(self) -> Any:
        """The view, made when it is first asked for."""
        if self._view is None:
            self._view = self.build()
        return self._view

    def close(self) -> None:
        """Let go of what it follows, and take the view from the page."""
        while self._endings:
            self._endings.pop()()
        view, self._view = self._view, None
        if view is not None:
            _close(view)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __str__(self) -> str:
        return self.text()

    def _at_close(self, end: Callable[[], None]) -> None:
        """Let something be called when the widget is closed."""
        self._endings.append(end)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, Any]:  # noqa: ARG002 - the frontend chooses
        try:
            said = {"text/plain": self.text()}
            if not has_front_end():
                return said
            return {**said, VIEW: self.view._repr_mimebundle_()[VIEW]}
        except WorkbenchError as error:
            return {"text/plain": str(error)}


def has_front_end() -> bool:
    """Whether a page may show widgets: this is a Jupyter kernel, and no run's attempt."""
    if "IPython" not in sys.modules or find_spec("ipywidgets") is None:
        return False
    from IPython import get_ipython

    if not hasattr(get_ipython(), "kernel"):
        return False
    try:
        ticket = current_ticket()
    except WorkbenchError:
        return False
    return ticket is None or ticket.interactive


def _check_arguments(kind: type, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    signature = inspect.signature(kind.__init__)  # type: ignore[misc] # of that very class
    try:
        bound = signature.bind(None, *arguments, **named)
    except TypeError as error:
        known = [name for name in signature.parameters if name != "self"]
        unknown = [name for name in named if name not in known]
        close = nearest(unknown[0], known) if unknown else None
        takes = f"It takes: {', '.join(known) or 'nothing'}."
        raise UsageError(
            f"{kind.__name__} has no argument {unknown[0]!r}."
            if unknown
            else f"{kind.__name__}: {str(error).replace('argument:', 'argument')}.",
            hint=f"Did you mean {close!r}? {takes}" if close else takes,
        ) from None
    _check_types(kind, bound)


def _check_types(kind: type, bound: inspect.BoundArguments) -> None:
    """Refuse what is given in place of a text, a number or a truth; other types a widget looks at itself."""
    for name, value in bound.arguments.items():
        declared = str(bound.signature.parameters[name].annotation).split(" | ")
        if value is None and "None" in declared:
            continue
        wanted = [_PLAIN[each] for each in declared if each in _PLAIN]
        if len(wanted) != len([each for each in declared if each != "None"]):
            continue
        if not any(isinstance(value, types) for types, _ in wanted):
            raise UsageError(
                f"{kind.__name__}: {name} must be {' or '.join(words for _, words in wanted)}, "
                f"but got {_brief(value)} ({type(value).__name__}).",
                hint=f"See help(wb.widgets.{kind.__name__}).",
            )


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _close(view: Any) -> None:
    for child in getattr(view, "children", ()):
        _close(child)
    view.close()
