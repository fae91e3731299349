"""Starts a fork server; each process that it forks becomes a kernel here.

Executed afresh as `python -m workbench.kernels SOCKET RECIPE`, so that no thread and no event loop of
another program is in it.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from workbench.kernels.folder import Place
from workbench.kernels.kernel import become_kernel
from workbench.kernels.log import say
from workbench.kernels.preload import USUAL, Preload
from workbench.kernels.recipe import read_recipe
from workbench.kernels.room import NAME, Room
from workbench.kernels.server import Server


def main() -> None:
    """Become a fork server, and in each forked process a kernel."""
    number, recipe_file = int(sys.argv[1]), Path(sys.argv[2])
    if os.fork():  # nobody's child: it outlives who started it, and is reaped by the system
        os._exit(0)
    os.setsid()
    if sys.path and sys.path[0] in ("", str(Path.cwd())):
        del sys.path[0]
    room = Room.find()
    os.environ.pop(NAME, None)
    place = Place(recipe_file.parent, recipe_file.stem)
    recipe = read_recipe(recipe_file.read_text(encoding="utf-8"))
    listener = socket.socket(fileno=number)
    modules = (*(USUAL if recipe.usual else ()), *recipe.preload)
    server = Server(listener, recipe, place, Preload(modules, recipe.memory))
    say(f"starts with {sys.executable}")
    if room is None:
        server.retire("its environment is not where it was expected to be")
        return
    fork = server.serve()
    if fork:
        become_kernel(fork, room)


if __name__ == "__main__":
    main()
