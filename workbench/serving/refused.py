"""A request that gets no prediction, and the sentence that its caller reads instead."""

from __future__ import annotations

import json


class Refused(Exception):
    """A request that is answered with a status of its own: 4xx, or 503 where the service cannot.

    Args:
        status: of the HTTP answer.
        code: what it is in short snake_case, for programs.
        message: one sentence: what was got, and what is expected.
        hint: what to do about it; empty where the message says it.

    Attributes:
        model: that was to answer; empty where it did not come so far.
        version: likewise.
    """

    model = ""
    version = ""

    def __init__(self, status: int, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()

    def body(self) -> bytes:
        """Return the answer's JSON; clients of MLflow read `error_code` and `message`."""
        said = {"error_code": self.code, "message": self.message, "hint": self.hint}
        return json.dumps(said, ensure_ascii=False).encode("utf-8", "backslashreplace")


class Broken(Exception):
    """A version raised while it scored; its cause says what.

    Args:
        model: the version's.
        version: its number.
    """

    def __init__(self, model: str, version: str) -> None:
        super().__init__(f"version {version} of {model} raised")
        self.model = model
        self.version = version
