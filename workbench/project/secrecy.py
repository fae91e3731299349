"""How a password in an address is told from a reference to one."""

from __future__ import annotations

import re

PASSWORD = re.compile(r"://[^/@:\s]*:(?!secret:)[^/@\s]+@")
