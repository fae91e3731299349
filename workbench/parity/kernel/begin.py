"""What the kernel of a notebook under check does first: watch and world take their places."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from workbench.parity.kernel.frames import Frames
from workbench.parity.kernel.values import digests
from workbench.parity.kernel.watch import Watch, open_lines
from workbench.parity.kernel.world import World


class Observer:
    """Follows the kernel from cell to cell.

    Args:
        orders: what the checker wrote for it.
        shell: IPython's.
    """

    def __init__(self, orders: dict[str, Any], shell: Any) -> None:
        self._executed: list[int] = orders["executed"]
        self._names: dict[str, list[str]] = orders["names"]
        self._folder = Path(orders["folder"])
        self._shell = shell
        self._place = -1
        self._seen: dict[str, tuple[int, int]] = {}
        self.frames = Frames(str(orders["root"]).rstrip(os.sep) + os.sep)
        spaces = tuple(str(each).rstrip(os.sep) + os.sep for each in orders["spaces"])
        self.watch = Watch(open_lines(orders["lines"]), self.frames, spaces, str(Path.home()))
        self.world = World(
            self.frames,
            self._look,
            base=orders["base"],
            shift=orders["shift"],
            chance=orders["chance"],
        )

    def begin(self, preload: list[str]) -> None:
        """Put everything in place."""
        for name in preload:
            with contextlib.suppress(Exception), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                importlib.import_module(name)
        self._shell.events.register("pre_run_cell", self._before)
        self._shell.events.register("post_run_cell", self._after)
        self.world.install()
        self.watch.wrap_native()
        self.watch.install()

    def _before(self, info: Any) -> None:
        self._place += 1
        number = self._executed[self._place] if self._place < len(self._executed) else 0
        self.frames.current = number
        name = self._shell.compile.get_code_name(info.raw_cell, info.raw_cell, 0)
        self.frames.cells[name] = number
        self.watch.wrap_native()

    def _after(self, _: Any) -> None:
        number = self.frames.current
        if number == 0:
            return
        self.watch.say_modules()
        self.frames.current = 0
        values = digests(self._shell.user_ns, self._names.get(str(number), []))
        self.watch.write({"what": "values", "cell": number, "values": values, "wrote": self._wrote()})

    def _wrote(self) -> dict[str, int]:
        """Return the attempt's files that are new or changed since the cell before, and their sizes."""
        changed = {}
        for path in self._folder.rglob("*"):
            with contextlib.suppress(OSError):
                status = path.stat()
                state = (status.st_mtime_ns, status.st_size)
                key = path.relative_to(self._folder).as_posix()
                if path.is_file() and self._seen.get(key) != state:
                    self._seen[key] = state
                    changed[key] = status.st_size
        return changed

    def _look(self, name: str) -> None:
        where = self.frames.where(sys._getframe(1))
        if where is not None:
            self.watch.say("clock", where, name=name)


def begin(path: str) -> None:
    """Begin, as the file of orders says."""
    from IPython import get_ipython

    orders = json.loads(Path(path).read_text(encoding="utf-8"))
    Observer(orders, get_ipython()).begin(orders["preload"])
