"""Text that attacks whoever shows it as markup, script, template or formula; and everybody's password."""

from __future__ import annotations

ATTACK = "<img src=x onerror=window.hit=1><script>window.hit=1</script>\"'{{7*7}}$$x$$"
PASSWORD = "correct horse battery"
