"""Turns what a file system, a database or a parser raised into one clear error."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.data.source.credentials import Credentials, shown
from workbench.errors import ParameterError, SourceError, WorkbenchError
from workbench.project import SourceConfig

_HINTS = {
    "unreachable": "Is the address right, and the service up? If it is slow, raise its timeout or retries.",
    "missing": "Correct uri, table or query of the source, or put there what is missing.",
    "credentials": "Give what it asks for by reference: secret:NAME in the source's uri or storage.",
    "query": "Correct query, table or watermark of the source; it is only ever read.",
    "format": "Correct format or options of the source, or ask whoever delivers it.",
    "schema": "Ask whoever delivers it; if the change is right, correct the source's columns.",
}
_PASSING = {
    "ConnectionError",
    "TimeoutError",
    "ClientConnectionError",
    "ClientPayloadError",
    "HTTPClientError",
    "EndpointConnectionError",
    "IncompleteRead",
}
_REFUSED = {"NoCredentialsError", "PartialCredentialsError", "PermissionError", "ProfileNotFound"}
_GONE = {"FileNotFoundError", "NoSuchTableError", "TableNotFoundError", "NoSuchBucket", "IsADirectoryError"}
_DRIVER = {"OperationalError", "InterfaceError"}
_ANSWERED = {"DBAPIError", "StatementError"}
_SIGN_IN = re.compile(r"authentication|password|pg_hba|access denied|(role|user) \S+ does not exist", re.I)
_NOT_THERE = re.compile(
    r"(relation|table|database|schema) \S+ does not exist|no such table|unknown database|unable to open", re.I
)


def trouble(problem: str, message: str, source: str, *, hint: str = "") -> SourceError:
    """Return the error of a source; without a hint the usual one for its problem."""
    return SourceError(message, hint=hint or _HINTS[problem], source=source, problem=problem)


def told(error: BaseException, config: SourceConfig, credentials: Credentials) -> SourceError:
    """Return the one error for whatever was raised while a source was read; no secret is in it."""
    name = named(config)
    if isinstance(error, SourceError):
        return error
    if isinstance(error, ParameterError):  # a secret that is not set
        return trouble("credentials", f"{name} cannot be read. {error.message}", name, hint=error.hint)
    problem, what = _classified(list(_chain(error)))
    text = error.message if isinstance(error, WorkbenchError) else what or str(error)
    reason = credentials.concealed(_one_line(text)) or type(error).__name__
    words = {
        "unreachable": "does not answer",
        "missing": "is not there",
        "credentials": "does not let us in",
        "query": "refuses what it is asked",
        "format": f"is not what was expected ({_expected(config)})",
    }
    return trouble(problem, f"{name} {words[problem]}: {reason}.", name)


def named(config: SourceConfig) -> str:
    """Return how a source is called in messages: its name and where it is."""
    place = shown(config.uri)
    return f"Source {config.name!r} ({place})" if config.name else f"The source {place}"


def is_passing(error: Exception) -> bool:
    """Whether trying again may help."""
    return isinstance(error, SourceError) and error.problem == "unreachable"


def _classified(chain: list[BaseException]) -> tuple[str, str]:
    found = _by_status(chain) or next(filter(None, map(_by_name, chain)), None)
    if found:
        return found
    first = chain[0]
    if any(_names(error) & _GONE for error in chain):
        return "missing", str(first)
    from_system = isinstance(first, OSError) and first.errno is not None
    return "unreachable" if from_system else "format", str(first)


def _by_status(chain: list[BaseException]) -> tuple[str, str] | None:
    statuses = [status for status in map(_status, chain) if status]
    problems = {401: "credentials", 403: "credentials", 407: "credentials", 404: "missing", 410: "missing"}
    for status in statuses:
        passing = status >= 500 or status in (408, 425, 429)
        problem = "unreachable" if passing else problems.get(status)
        if problem:
            return problem, f"it answers with status {status}"
    return None


def _by_name(error: BaseException) -> tuple[str, str] | None:
    names = _names(error)
    if names & _REFUSED:
        return "credentials", str(error)
    if names & _PASSING:
        return "unreachable", str(error) or "it took too long"
    if names & (_DRIVER | _ANSWERED):
        return _database(error, names)
    return None


def _names(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


def _database(error: BaseException, names: set[str]) -> tuple[str, str]:
    text = str(getattr(error, "orig", None) or error)
    if _SIGN_IN.search(text):
        return "credentials", text
    if _NOT_THERE.search(text):
        return "missing", text
    return "unreachable" if names & _DRIVER else "query", text


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status", None)
    if status is None:
        response = getattr(error, "response", None)
        meta = response.get("ResponseMetadata", {}) if isinstance(response, dict) else {}
        status = meta.get("HTTPStatusCode")
    return status if isinstance(status, int) else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def _expected(config: SourceConfig) -> str:
    return "a table of rows and columns" if config.is_database else str(config.format)


def _one_line(text: str) -> str:
    line = " ".join(text.split()).rstrip(" .?")
    return line if len(line) <= 300 else f"{line[:299]}…"
