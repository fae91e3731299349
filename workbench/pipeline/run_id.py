"""What runs are called."""

from __future__ import annotations

import secrets
from datetime import datetime


def new_run(now: datetime, size: int = 2) -> str:
    """Return an id for a run that is decided on at a project time: it says when, and no other has it.

    Args:
        now: project time.
        size: bytes of chance; more where many are decided on at one moment.
    """
    return f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(size)}"
