"""What a mistake looks like in a notebook: the message, what to do, and one's own lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """What runs cells in a kernel, without the kernel."""
    InteractiveShell.clear_instance()
    yield InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    InteractiveShell.clear_instance()


def test_a_mistyped_name_shows_no_traceback(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sentence, the hint, and the cells that led there, by their numbers."""
    shell.run_cell("import workbench as wb\n\ndef look(name):\n    return wb.read(name)", store_history=True)
    shell.run_cell("x = 1\nlook('flihgts')", store_history=True)
    said = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert said[0] == "UnknownNameError: There is no source named 'flihgts'."
    assert said[1].startswith("Give a path or URL")
    assert said[2:] == [
        "Cell In[2], line 2: look('flihgts')",
        "Cell In[1], line 4 in look: return wb.read(name)",
    ]


def test_any_other_error_is_shown_as_ever(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the workbench did not raise on purpose is IPython's to tell."""
    shell.run_cell("1 / 0")
    assert "Traceback (most recent call last)" in capsys.readouterr().out
