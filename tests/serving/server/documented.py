"""Requests that Schemathesis makes of a service's own OpenAPI document: some fit it, some do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, seed, settings

if TYPE_CHECKING:
    from schemathesis import Case

Send = Callable[[str, str, Mapping[str, str], bytes], None]


def documented(document: dict[str, Any], send: Send, *, malformed: int, valid: int) -> None:
    """Send requests of every operation that takes a body; of the others too where they are to fit.

    Args:
        document: the OpenAPI document.
        send: is given method, path with its query, headers and body.
        malformed: how many do not fit the document.
        valid: how many do.
    """
    import schemathesis
    from schemathesis import GenerationMode

    schema = schemathesis.openapi.from_dict(document)
    _sent(schema.include(method="POST").as_strategy(generation_mode=GenerationMode.NEGATIVE), send, malformed)
    _sent(schema.as_strategy(generation_mode=GenerationMode.POSITIVE), send, valid)


def _sent(cases: Any, send: Send, count: int) -> None:
    @seed(1)
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(cases)
    def ask(case: Case[Any]) -> None:
        send(*_spelt(case))

    ask()


def _spelt(case: Case[Any]) -> tuple[str, str, dict[str, str], bytes]:
    """Return a case as it goes over the wire."""
    from requests import Request

    made = Request(**case.as_transport_kwargs("http://service")).prepare()
    body = made.body or b""
    assert made.method is not None
    content = body.encode() if isinstance(body, str) else body
    assert isinstance(content, bytes)
    return made.method, made.path_url, {str(k): str(v) for k, v in made.headers.items()}, content
