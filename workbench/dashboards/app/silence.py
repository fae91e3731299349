"""What the log is spared: that somebody closed a page while something was on its way to it."""

from __future__ import annotations

import logging

from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

_LOGGERS = (
    "asyncio",
    "bokeh.server.views.ws",
    "panel",
    "panel.io.document",
    "tornado.application",
    "tornado.general",
)
_WORDS = "connection was closed"


class Left(logging.Filter):
    """Lets through whatever is not about a viewer who has left."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is to be written."""
        error = record.exc_info[1] if record.exc_info else None
        is_gone = isinstance(error, WebSocketClosedError | StreamClosedError)
        return not is_gone and _WORDS not in record.getMessage()


def spare_words() -> None:
    """Let all loggers that tell of viewers who left be silent about them."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, Left) for known in logger.filters):
            logger.addFilter(Left())
