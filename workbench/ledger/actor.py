"""Who acts, unless somebody else is named."""

from __future__ import annotations

import functools
import getpass
import os
import socket

from workbench.errors import UsageError

ACTOR = "WORKBENCH_ACTOR"
_VIA = " via "


def local_actor() -> str:
    """Return who acts here: the signed-in user of this machine, as `user@host`.

    A service or a test may give itself a name in WORKBENCH_ACTOR. It is recorded as what it is, a name
    that somebody signed in claimed: `night-shift via ada@desk`.

    Raises:
        UsageError: the given name is no name.
    """
    given = os.environ.get(ACTOR, "").strip()
    if not given:
        return _signed_in()
    if _VIA in given or not given.isprintable():
        raise UsageError(
            f"{ACTOR} is {given!r}, which cannot stand in the record as a name.",
            hint=f'Give one line without "{_VIA}", such as night-shift or ada@desk, or unset it.',
        )
    return f"{given}{_VIA}{_signed_in()}"


def person(actor: str) -> str:
    """Return whom an actor counts as where two persons are needed: the name without its machine.

    `ada@desk`, `Ada@server` and `ada via ops@server` are one person: in doubt two are the same.
    """
    return actor.partition(_VIA)[0].partition("@")[0].strip().casefold()


def local_user() -> str:
    """Return the signed-in user of this machine, whatever name they claim in the record."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that no account has
        return f"uid-{os.getuid()}"


@functools.cache
def _signed_in() -> str:
    return f"{local_user()}@{socket.gethostname()}"
