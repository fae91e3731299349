"""Records in a file that may end, or be broken, anywhere."""

from __future__ import annotations

import random
import struct

import pytest

from workbench.serving.log.frame import START, Frames, framed, frames, opening

RECORDS = [b"one", b"", b"three" * 1000, b"four"]


def made(*records: bytes) -> bytes:
    head, seed = opening()
    return head + b"".join(framed(record, seed) for record in records)


def test_records_come_back_in_order() -> None:
    """Empty ones too."""
    assert frames(made(*RECORDS)) == Frames(RECORDS)


def test_a_file_cut_off_anywhere_gives_the_records_before_the_cut() -> None:
    """What is left of the last one is torn, not damaged."""
    whole = made(b"one", b"two", b"three")
    ends = [len(made(b"one", b"two", b"three"[:0])[: START + 15 * n]) for n in range(3)]
    assert ends == [START, START + 15, START + 30]
    for cut in range(len(whole)):
        found = frames(whole[:cut])
        expected = [b"one", b"two"][: max(0, (cut - START) // 15)] if cut < len(whole) else None
        assert found.payloads == expected, cut
        assert found.damaged == 0
        assert found.torn == (cut if cut < START else (cut - START) - 15 * len(found.payloads))


def test_a_broken_record_hides_neither_those_before_nor_those_after_it() -> None:
    """Whichever byte of it is broken, its length included; and it is counted."""
    content = made(b"before", b"broken", b"after")
    begin = START + 12 + len(b"before")
    for at in range(begin, begin + 12 + len(b"broken")):
        bad = bytearray(content)
        bad[at] ^= 0x55
        assert frames(bytes(bad)) == Frames([b"before", b"after"], damaged=18)


def test_what_a_caller_sent_cannot_pass_for_a_record() -> None:
    """A broken record may hold bytes that look like one, but not this file's checksum of them."""
    forged = framed(b"forged", 0)
    head, seed = opening()
    content = bytearray(head + framed(b"x" + forged, seed) + framed(b"after", seed))
    content[START + 12] ^= 1
    assert frames(bytes(content)).payloads == [b"after"]


@pytest.mark.parametrize("content", [b"", b"\0" * 500, b"something else entirely, and long"])
def test_a_file_of_another_kind_has_no_records(content: bytes) -> None:
    """It is damaged, unless it is empty."""
    assert frames(content) == Frames(damaged=len(content))


def test_random_damage_never_invents_a_record() -> None:
    """Whatever is read was written."""
    chance = random.Random(7)
    records = [struct.pack("<I", n) * chance.randrange(1, 60) for n in range(50)]
    content = made(*records)
    for _ in range(200):
        bad = bytearray(content)
        for _ in range(chance.randrange(1, 20)):
            bad[chance.randrange(START, len(bad))] = chance.randrange(256)
        found = frames(bytes(bad)).payloads
        assert set(found) <= set(records)
        assert len(found) >= 30
