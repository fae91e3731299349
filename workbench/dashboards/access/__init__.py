"""Who may look, and who may act: roles, people, passwords."""

from workbench.dashboards.access.directory import OIDC, OPEN, PASSWORDS, Directory
from workbench.dashboards.access.edit import set_role
from workbench.dashboards.access.passwords import read_passwords, remove_password, set_password
from workbench.dashboards.access.person import Person
from workbench.dashboards.access.role import PERMISSIONS, Role

__all__ = [
    "OIDC",
    "OPEN",
    "PASSWORDS",
    "PERMISSIONS",
    "Directory",
    "Person",
    "Role",
    "read_passwords",
    "remove_password",
    "set_password",
    "set_role",
]
