"""What a request says that its body is."""

from __future__ import annotations

from functools import lru_cache

from workbench.serving.refused import Refused

JSON = "application/json"
CSV = "text/csv"
_MOST = 200


@lru_cache(maxsize=64)
def media_type(header: bytes) -> str:
    """Return the media type that a `Content-Type` header names, in small letters.

    Raises:
        Refused: 415: it names none that is taken, another charset than UTF-8, or further parameters.
    """
    said = header[:_MOST].decode("latin-1")
    kind, *parameters = (part.strip() for part in said.lower().split(";"))
    if kind not in (JSON, CSV):
        got = repr(said) if said else "none"
        raise _unsupported(f"Content types that are taken are {JSON} and {CSV}; got {got}.")
    for parameter in filter(None, parameters):
        name, _, value = parameter.partition("=")
        if name.strip() != "charset":
            raise _unsupported(f"The content type has a parameter {name.strip()!r}; only charset is known.")
        if value.strip().strip('"') not in ("utf-8", "utf8"):
            raise _unsupported(f"The charset should be utf-8; got {value.strip()!r}.")
    return kind


def _unsupported(message: str) -> Refused:
    return Refused(415, "unsupported_content_type", message, "Send JSON as Content-Type: application/json.")
