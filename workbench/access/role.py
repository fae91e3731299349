"""Roles, each of which may do what the one before it may, and more."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is to the project, from the least to the most."""

    VIEWER = "viewer"
    SCIENTIST = "scientist"
    APPROVER = "approver"
    OPERATOR = "operator"
    ADMIN = "admin"

    @property
    def permissions(self) -> tuple[str, ...]:
        """What the role may do, the least first."""
        rank = _RANKS[self]
        return tuple(name for name, least in PERMISSIONS.items() if _RANKS[least] <= rank)

    def may(self, permission: str) -> bool:
        """Whether the role may do something.

        Raises:
            KeyError: nothing of that name is known; a misspelt permission must not allow anything.
        """
        return _RANKS[self] >= _RANKS[PERMISSIONS[permission]]


_RANKS = {role: rank for rank, role in enumerate(Role)}

PERMISSIONS = {
    "view": Role.VIEWER,
    "launch": Role.SCIENTIST,
    "propose": Role.SCIENTIST,
    "approve": Role.APPROVER,
    "reject": Role.APPROVER,
    "promote": Role.APPROVER,
    "traffic": Role.OPERATOR,
    "rollback": Role.OPERATOR,
    "acknowledge": Role.OPERATOR,
    "manage": Role.ADMIN,
}
"""Everything that can be done, and the least role that may do it."""
