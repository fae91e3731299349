"""Callers of a model: they ask over HTTP, several at once, and tell later what turned out to be true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from http.client import HTTPConnection, HTTPException
from itertools import islice
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    import pandas as pd

_JSON = {"Content-Type": "application/json"}
_PATIENCE = 60.0
_LABELS = 5000  # of one request

Request = tuple[str, bytes]
"""A path, and the body that is posted there."""


class Caller:
    """Keeps some connections to a service open.

    Args:
        host, port: where it listens.
        connections: how many; as many requests are under way at once.
    """

    def __init__(self, host: str, port: int, connections: int) -> None:
        self._connections = [HTTPConnection(host, port, timeout=_PATIENCE) for _ in range(connections)]

    def close(self) -> None:
        """Hang up."""
        for connection in self._connections:
            connection.close()

    def post(self, requests: Sequence[Request]) -> None:
        """Send requests, and wait until all are answered.

        Raises:
            WorkbenchError: one was refused, or the service is gone.
        """
        for some in _batched(requests, len(self._connections)):
            pairs = list(zip(self._connections, some, strict=False))
            for connection, request in pairs:
                _send(connection, request)
            for connection, request in pairs:
                _read(connection, request)


def _send(connection: HTTPConnection, request: Request) -> None:
    path, body = request
    try:
        connection.request("POST", path, body=body, headers=_JSON)
    except (OSError, HTTPException):
        connection.close()  # it was idle for long: the next one is new
        connection.request("POST", path, body=body, headers=_JSON)


def _read(connection: HTTPConnection, request: Request) -> None:
    path, _ = request
    try:
        answer = connection.getresponse()
        said = answer.read()
    except (OSError, HTTPException) as error:
        raise WorkbenchError(
            f"The service did not answer a request to {path}: {error or type(error).__name__}.",
            hint="What it said itself is in .workbench/logs/serve.log.",
        ) from error
    if answer.status >= 300:
        told = said.decode(errors="replace")[:300]
        raise WorkbenchError(
            f"The service answered {answer.status} to a request to {path}: {told}",
            hint="The feed must give the model's own columns; what it takes is at /docs of the service.",
        )


def questions(model: str, table: pd.DataFrame, rows: int, parts: int) -> Iterator[Request]:
    """Yield the requests that ask about a table's rows, at most so many in each.

    Args:
        model: its name.
        table: the model's columns and its entity, without `at`.
        rows: of one request, at most.
        parts: how many requests may be under way at once; the rows are shared out among them.
    """
    import msgspec

    if table.empty:
        return
    size = min(rows, max(1, -(-len(table) // parts)))
    columns, values = list(table.columns), list(zip(*(plain(table[name]) for name in table), strict=True))
    for some in _batched(values, size):
        body = {"dataframe_split": {"columns": columns, "data": some}}
        yield f"/models/{model}/invocations", msgspec.json.encode(body)


def truths(model: str, labels: pd.DataFrame) -> Iterator[Request]:
    """Yield the requests that tell what became known: `at`, `entity` and `label` of each."""
    import msgspec

    moments = (moment.isoformat() for moment in labels["at"])
    every = zip(moments, plain(labels["entity"]), plain(labels["label"]), strict=True)
    for some in _batched(every, _LABELS):
        told = [{"entity": entity, "label": label, "at": at} for at, entity, label in some]
        yield f"/models/{model}/feedback", msgspec.json.encode(told)


def plain(column: pd.Series) -> list[Any]:
    """Return a column as JSON has it: what is missing is None."""
    import pandas as pd

    if column.dtype.kind in "iubf" and not pd.api.types.is_extension_array_dtype(column.dtype):
        return column.tolist()  # NaN is written as null
    return column.astype("object").where(column.notna(), None).tolist()


def _batched(every: Iterable[Any], size: int) -> Iterator[tuple[Any, ...]]:
    rest = iter(every)
    while some := tuple(islice(rest, size)):
        yield some
