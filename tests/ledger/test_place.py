"""Whether a process is still there."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

from workbench.ledger.place import Place, here


def test_this_process_is_there() -> None:
    """The place is the same each time it is asked for."""
    assert here() == here()
    assert here().pid == os.getpid()
    assert not here().gone()


def test_another_process_on_this_machine_shares_the_place() -> None:
    """Processes that can see one another agree on the name."""
    code = "from workbench.ledger.place import here; print(here().name)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == here().name


def test_a_process_is_gone_once_it_has_ended() -> None:
    """Also before its parent has asked how it ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        place = replace(here(), pid=process.pid, born="")
        assert not place.gone()
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it is a zombie now
        assert place.gone()
    assert place.gone()


def test_a_process_that_was_born_at_another_time_is_another_one() -> None:
    """Numbers are used again."""
    assert replace(here(), born="1").gone()


def test_a_process_of_somebody_else_is_there() -> None:
    """The first process of the machine always is."""
    assert not Place(here().name, 1, "").gone()
