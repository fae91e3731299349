"""Who may look, and who may act: roles, people, passwords."""

from workbench.access.directory import OIDC, OPEN, PASSWORDS, Directory
from workbench.access.edit import set_role
from workbench.access.passwords import read_passwords, remove_password, set_password
from workbench.access.person import Person
from workbench.access.role import PERMISSIONS, Role

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
