"""A page's address holds the whole view: its query says what is chosen, and follows what is chosen."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import panel as pn
import param


class Location:
    """The address of a page that somebody looks at.

    Args:
        query: what follows the question mark.
        live: the browser's address bar; None in a test.

    Attributes:
        strays: what the query names and there is not, by what it calls it; the usual is shown in its place.
    """

    def __init__(self, query: Mapping[str, str] | None = None, live: Any = None) -> None:
        self.query = dict(query or {})
        self.strays: dict[str, str] = {}
        self._live = live

    @classmethod
    def current(cls) -> Location:
        """Return that of the session whose document is being made."""
        given = pn.state.session_args
        query = {name: values[0].decode("utf-8", "replace") for name, values in given.items() if values}
        return cls(query, pn.state.location)

    def get(self, name: str, default: str = "") -> str:
        """Return what the query says of something, as text: anybody may have written it."""
        return self.query.get(name, default)

    def set(self, **values: Any) -> None:
        """Write values into the query; None takes a name out of it."""
        for name, value in values.items():
            self.strays.pop(name, None)
            if value is None or value == "":
                self.query.pop(name, None)
            else:
                self.query[name] = value if isinstance(value, str) else json.dumps(value)
        if self._live is not None:
            self._live.search = f"?{urlencode(self.query)}" if self.query else ""

    def stray(self, name: str, said: str = "") -> None:
        """Remember that what the query says of something, or said, is not there, so that the page says so."""
        self.strays[name] = said or self.query[name]

    def bind(self, widget: param.Parameterized, name: str, parameter: str = "value") -> None:
        """Let a widget begin with what the query says, and the query follow the widget.

        What the query says and the widget cannot take is left aside, and the page says so. A value that the
        widget had from the beginning does not stand in the query.

        Args:
            widget: or any parameterized object.
            name: in the query.
            parameter: the widget's.
        """
        default = getattr(widget, parameter)
        if name in self.query and not self._begin(widget, parameter, self.query[name]):
            self.stray(name)

        def follow(event: Any) -> None:
            self.set(**{name: None if event.new == default else event.new})

        widget.param.watch(follow, [parameter])

    @staticmethod
    def _begin(widget: param.Parameterized, parameter: str, text: str) -> bool:
        values: list[Any] = [text]
        with contextlib.suppress(ValueError):
            values.insert(0, json.loads(text))
        if isinstance(getattr(widget, parameter), str):
            values.reverse()
        if isinstance(getattr(widget, parameter), list):
            values.append([text])  # a link that names one
        for value in values:
            try:
                if _is_offered(getattr(widget, "options", None), value):
                    setattr(widget, parameter, value)
                    return True
            except (ValueError, TypeError):
                continue
        return False


def address(page: str, **query: Any) -> str:
    """Return the address of a page with a view of it, relative to any page: `./drift?model=flight-delay`."""
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"./{quote(page)}" + (f"?{urlencode(given)}" if given else "")


def _is_offered(options: Any, value: Any) -> bool:
    """Whether a widget with options has these; one without takes anything."""
    if options is None:
        return True
    offered = list(options.values()) if isinstance(options, Mapping) else list(options)
    return all(item in offered for item in value) if isinstance(value, list) else value in offered
