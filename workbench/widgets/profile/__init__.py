"""A dataset's version: what its columns hold, and what changed since another one."""

from workbench.widgets.profile.widget import Profile

__all__ = ["Profile"]
