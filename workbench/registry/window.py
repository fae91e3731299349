"""What a stage found in a window of a model's predictions, written with the stage's own end."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from workbench.ledger import Append, NewEvent

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.pipeline.extension import Ended

JUDGED = "window.judged"


def window_stream(model: str) -> str:
    """Return the name of the stream that keeps what was found in a model's windows."""
    return f"monitoring/{model}"


def window_appends(ended: Ended, models: Container[str], ledger: Ledger) -> list[Append]:
    """Return the reports on windows that a stage, rejected or not, asked to keep: one event each.

    Args:
        ended: the attempt.
        models: those that the project declares; reports on others are left out.
        ledger: where they are to be written.
    """
    reports: dict[str, list[NewEvent]] = {}
    for request in ended.requests:
        model = str(request.get("model"))
        if request["kind"] != "window" or model not in models:
            continue
        data = {"model": model, "run": ended.run, "report": request["report"]}
        event = NewEvent(JUDGED, data, subject=model, key=str(request["report"]["until"]))
        reports.setdefault(model, []).append(event)
    streams = {window_stream(model): tuple(events) for model, events in reports.items()}
    return [Append(stream, ledger.version(stream), events) for stream, events in streams.items()]
