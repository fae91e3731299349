"""Why a kernel is to be a cold one."""

from __future__ import annotations


class Refusal(Exception):
    """A warm kernel is not to be had; a cold one is started instead, and says why.

    Attributes:
        reason: one line.
        passing: it will be otherwise in a few seconds, and nobody needs to be told.
    """

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.passing = passing
