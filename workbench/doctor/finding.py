"""One thing that was looked at, and what to do when it is not well."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """How a thing is: `warn` works, with something lost; `fail` does not work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """What was found.

    Attributes:
        name: of the thing, unique among the findings.
        said: what it is, in one line.
        todo: what to do; empty when it is well.
    """

    name: str
    status: Status
    said: str
    todo: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON."""
        return {"name": self.name, "status": self.status.value, "said": self.said, "todo": self.todo}


def ok(name: str, said: str) -> Finding:
    """Return that a thing is well."""
    return Finding(name, Status.OK, said)


def warn(name: str, said: str, todo: str) -> Finding:
    """Return that a thing works, with something lost."""
    return Finding(name, Status.WARN, said, todo)


def fail(name: str, said: str, todo: str) -> Finding:
    """Return that a thing does not work."""
    return Finding(name, Status.FAIL, said, todo)
