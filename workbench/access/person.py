"""Who looks at a page or acts there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from workbench.access.role import PERMISSIONS, Role
from workbench.errors import AccessError


@dataclass(frozen=True)
class Person:
    """Somebody signed in.

    Attributes:
        name: as they sign in.
        role: as it was when they did.
        actor: as they stand in the ledger.
        standing: tells their role at this moment, None when they have none any more; asked at every
            `require`, so that a role that was taken away ends what an open page may do.
    """

    name: str
    role: Role
    actor: str
    standing: Callable[[], Role | None] | None = field(default=None, compare=False, repr=False)

    @property
    def role_now(self) -> Role | None:
        """The role at this moment, None when it was taken away."""
        return self.role if self.standing is None else self.standing()

    def may(self, permission: str) -> bool:
        """Whether they may do something now; for what a page offers. What acts calls `require`."""
        role = self.role_now
        return role is not None and role.may(permission)

    def require(self, permission: str, *, model: str = "") -> None:
        """Let pass who may do something, and nobody else.

        Args:
            permission: one of `PERMISSIONS`.
            model: what it would be done to, for the message.

        Raises:
            AccessError: their role does not allow it.
        """
        role, least = self.role_now, PERMISSIONS[permission]
        if role is not None and role.may(permission):
            return
        what = permission + (f" {model}" if model else "")
        is_now = f"is {role.value}" if role else "has no role here"
        raise AccessError(
            f"{self.name} {is_now} and may not {what}; that needs {least.value} or more.",
            hint="Ask an admin: workbench access add NAME --role " + least.value,
            person=self.name,
            role=role.value if role else None,
            permission=permission,
            needed=least.value,
        )
