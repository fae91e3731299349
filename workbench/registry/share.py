"""A share of the traffic: as people write it, and as they read it."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation

from workbench.errors import UsageError


def parse_share(text: str) -> float:
    """Return a share from 0 to 1, written as `10%` or as `0.1`.

    Raises:
        UsageError: it is neither, or not between nothing and everything.
    """
    written = text.strip()
    try:
        number = Decimal(written.removesuffix("%").strip())
    except InvalidOperation:
        raise _not_a_share(text) from None
    return check_share(float(number / 100 if written.endswith("%") else number), text)


def check_share(share: float, text: str = "") -> float:
    """Return a share that is one.

    Raises:
        UsageError: it is not between 0 and 1.
    """
    if not math.isfinite(share) or not 0 <= share <= 1:
        raise _not_a_share(text or f"{share:g}")
    return share


def share_text(share: float) -> str:
    """Return a share as people read it: `10 %`."""
    return f"{share * 100:.6g} %"


def _not_a_share(text: str) -> UsageError:
    return UsageError(
        f"{text!r} is no share of the traffic; expected one between 0 % and 100 %.",
        hint="Write 10% (or 0.1) for a tenth.",
    )
