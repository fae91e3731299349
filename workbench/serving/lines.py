"""Structured logs: one JSON object a line on standard error, for machines to read and people to grep."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from typing import Any, Literal

Level = Literal["info", "warning", "error"]


def say(event: str, /, level: Level = "info", **facts: Any) -> None:
    """Write one line: when, how bad, what happened, and its facts; never fails."""
    line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": level, "event": event}
    text = json.dumps({**line, **facts, "pid": os.getpid()}, ensure_ascii=False, default=str)
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except (OSError, ValueError):  # a full disk, a reader that went away
        return
