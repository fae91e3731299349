"""Records in a file that may end anywhere: each has a mark, its length and a checksum before it.

The checksum begins from a number that is drawn for each file, so that bytes which a caller sent cannot
pass for a record of their own where a broken one is skipped.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass, field
from zlib import crc32

MARK = b"WBr\x01"
OPENING = b"WBspool1"
FRAME = struct.Struct("<4sII")
_SEED = struct.Struct("<I")
START = len(OPENING) + _SEED.size
"""Bytes before the first record."""


@dataclass
class Frames:
    """What a file holds.

    Attributes:
        payloads: the whole records, in order.
        torn: bytes at the end that are no whole record: a write that was cut off.
        damaged: bytes before a whole record that belong to none.
    """

    payloads: list[bytes] = field(default_factory=list)
    torn: int = 0
    damaged: int = 0


def opening() -> tuple[bytes, int]:
    """Return the first bytes of a new file, and the number that its checksums begin from."""
    drawn = os.urandom(_SEED.size)
    return OPENING + drawn, _SEED.unpack(drawn)[0]


def framed(payload: bytes, seed: int) -> bytes:
    """Return a record with its mark, length and checksum."""
    return FRAME.pack(MARK, len(payload), crc32(payload, seed)) + payload


def frames(content: bytes) -> Frames:
    """Return every whole record of a file, also those that stand behind a broken one."""
    found = Frames()
    if len(content) < START or not content.startswith(OPENING):
        found.torn = len(content) if len(content) < START else 0
        found.damaged = 0 if len(content) < START else len(content)
        return found
    seed = _SEED.unpack_from(content, len(OPENING))[0]
    at = START
    while at < len(content):
        payload = _whole(content, at, seed)
        if payload is None:
            following = _following(content, at + 1, seed)
            if following is None:
                found.torn = len(content) - at
                break
            found.damaged += following - at
            at = following
            continue
        found.payloads.append(payload)
        at += FRAME.size + len(payload)
    return found


def _whole(content: bytes, at: int, seed: int) -> bytes | None:
    if len(content) - at < FRAME.size:
        return None
    mark, length, checksum = FRAME.unpack_from(content, at)
    begin = at + FRAME.size
    if mark != MARK or begin + length > len(content):
        return None
    payload = content[begin : begin + length]
    return payload if crc32(payload, seed) == checksum else None


def _following(content: bytes, at: int, seed: int) -> int | None:
    while (at := content.find(MARK, at)) >= 0:
        if _whole(content, at, seed) is not None:
            return at
        at += 1
    return None
