"""JSON bodies: decoded in one pass into what they must be, or refused with a sentence."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from workbench.serving.refused import Refused

T = TypeVar("T")

_NAMES = {
    "array": "a list",
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "null": "null",
    "object": "an object",
    "str": "a text",
}
_MARK = b"\xef\xbb\xbf"
_LONGEST = 300


def decode(decoder: msgspec.json.Decoder[T], body: bytes, *, hint: str = "") -> T:
    """Return what a body holds, checked against the decoder's type.

    Its types bound the nesting: a value deeper than they allow is refused where it begins.

    Args:
        decoder: of the type that the body must have.
        body: UTF-8, with or without a byte order mark.
        hint: what the body should look like, for its sender.

    Raises:
        Refused: 400: it is empty, not JSON, not finite, nested too deeply, or of another shape.
    """
    if body[:1] == _MARK[:1]:
        body = body.removeprefix(_MARK)
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _misshapen(str(error), hint) from None
    except msgspec.DecodeError as error:
        raise _not_json(body, str(error), hint) from None
    except UnicodeDecodeError:
        raise Refused(
            400, "not_utf8", "The body holds bytes that are no UTF-8.", "Send it as UTF-8."
        ) from None
    except RecursionError:
        said = "The body is nested more deeply than any table needs to be."
        raise Refused(400, "nested_too_deeply", said, hint) from None


def _not_json(body: bytes, said: str, hint: str) -> Refused:
    """Tell why a body is no JSON; `said` is msgspec's word, with the place in it."""
    if not body.strip():
        return Refused(400, "empty_body", "The body is empty.", hint)
    what, _, place = said.removeprefix("JSON is malformed: ").partition(" (byte ")
    at = int(place.rstrip(")")) if place else len(body)
    if body[at : at + 3] == b"NaN" or body[at : at + 8] == b"Infinity":
        token = "NaN" if body[at : at + 1] == b"N" else "Infinity"
        return Refused(
            400, "not_finite", f"The body holds {token} at byte {at}.", "Write null for a missing number."
        )
    if not place:
        what = "half of a surrogate pair" if b"\\ud" in body.lower() else "it ends too early"
    return Refused(400, "not_json", f"The body is not JSON: {what}, at byte {at}.", hint)


def _misshapen(said: str, hint: str) -> Refused:
    """Tell where a body is JSON of another shape than it should be; `said` is msgspec's word."""
    what, _, path = said.partition(" - at ")
    field = path.strip("`").removeprefix("$").lstrip(".")
    what, where = what[:_LONGEST], repr(field[:_LONGEST]) if field else "The body"
    quoted = what.split("`")
    if what.startswith("Expected `") and len(quoted) >= 4:
        message = f"{where} is {_named(quoted[3])}, but should be {_named(quoted[1])}."
    elif "unknown field" in what:
        message = f"{where} has a field {quoted[1]!r}, which is not known there."
    elif "required field" in what:
        message = f"{where} has no field {quoted[1]!r}."
    elif "out of range" in what:
        message = f"{where} is a number too large to compute with."
    else:
        message = f"{where} is not as it should be: {what}."
    return Refused(400, "wrong_shape", message, hint)


def _named(types: str) -> str:
    words = [_NAMES.get(each, each) for each in types.split(" | ")]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
