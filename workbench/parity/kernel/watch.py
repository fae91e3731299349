"""Sees what the notebook's code touches: files, sockets, programs, modules. One JSON line for each thing."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from workbench.parity.kernel.frames import Frames, Where, is_library

_OWN_BUSINESS = ("mlflow", "matplotlib.font_manager", "linecache", "inspect", "tokenize", "traceback")
_LOOPBACK_FRIENDS = ("distributed", "dask", "joblib", "multiprocessing", "asyncio", "ray", "py4j", "mlflow")
_SYSTEM = ("/proc/", "/sys/", "/dev/", "/etc/", "/usr/share/", "/usr/lib/", "/lib/", "/run/", "/var/lib/")
_AT_HOME = (".cache", ".config", ".ipython", ".jupyter", ".local", ".keras", ".nv", ".triton", ".matplotlib")
_CODE = (".py", ".pyc", ".so", ".pth", ".pyd")
_NATIVE = {
    "pandas": ("read_parquet", "read_feather", "read_orc"),
    "pyarrow.parquet": ("read_table", "read_pandas"),
    "pyarrow.csv": ("read_csv",),
    "pyarrow.feather": ("read_feather", "read_table"),
    "pyarrow.dataset": ("dataset",),
    "polars": (
        *("read_csv", "read_parquet", "read_ipc", "read_json", "read_ndjson", "read_avro", "read_delta"),
        *("scan_csv", "scan_parquet", "scan_ipc", "scan_ndjson", "scan_delta", "read_excel"),
    ),
    "duckdb": ("connect", "read_csv", "read_parquet", "read_json", "from_parquet", "from_csv_auto"),
}


class Watch:
    """Writes down what happens, each thing once.

    Args:
        file: where to.
        frames: tells whose code is at work.
        spaces: folders that belong to this run.
        home: the person's home folder.
    """

    def __init__(self, file: TextIO, frames: Frames, spaces: tuple[str, ...], home: str) -> None:
        self._file = file
        self._frames = frames
        self._spaces = spaces
        self._hidden = tuple(os.path.join(home, name) + os.sep for name in _AT_HOME)  # noqa: PTH118
        self._began = time.time_ns()
        self._said: set[tuple[Any, ...]] = set()
        self._busy = threading.local()
        self._handlers: dict[str, Callable[..., None]] = {
            "open": self._open,
            "sqlite3.connect": self._database,
            "socket.connect": self._connect,
            "socket.sendto": self._connect,
            "socket.getaddrinfo": self._resolve,
            "socket.gethostbyname": self._resolve,
            "urllib.Request": self._request,
            "subprocess.Popen": self._program,
            "os.posix_spawn": self._program,
            "os.exec": self._program,
            "os.system": self._shell,
            "import": self._import,
        }
        self.imported: set[str] = set()

    def install(self) -> None:
        """Hear of every such event of the interpreter from now on."""
        sys.addaudithook(self._hear)

    def say(self, what: str, where: Where | None, **facts: Any) -> None:
        """Write one thing down, unless it was."""
        cell = where.cell if where else self._frames.current
        place = {"cell": cell, "line": where.line if where else None}
        key = (what, cell, place["line"], *sorted((k, str(v)) for k, v in facts.items()))
        if key in self._said:
            return
        self._said.add(key)
        module = list(where.module) if where and where.module else None
        self.write({"what": what, **place, "module": module, **facts})

    def write(self, line: dict[str, Any]) -> None:
        """Write a line."""
        self._file.write(json.dumps(line, default=str) + "\n")
        self._file.flush()

    def wrap_native(self) -> None:
        """Hear of files that libraries open without Python's help, by the functions called for it."""
        for name, functions in _NATIVE.items():
            module = sys.modules.get(name)
            for function in functions if module else ():
                original = getattr(module, function, None)
                if callable(original) and not hasattr(original, "workbench_original"):
                    with contextlib.suppress(AttributeError, TypeError):
                        setattr(module, function, self._wrapped(original))

    def _wrapped(self, original: Any) -> Any:
        @functools.wraps(original)
        def read(*args: Any, **kwargs: Any) -> Any:
            self._quietly(lambda: self._native(args[0] if args else next(iter(kwargs.values()), None)))
            return original(*args, **kwargs)

        read.workbench_original = original  # type: ignore[attr-defined]
        return read

    def _native(self, source: Any) -> None:
        for each in source if isinstance(source, list | tuple) else (source,):
            if isinstance(each, str | os.PathLike):
                text = os.fspath(each)
                if "://" in str(text):
                    self.say("address", self._frames.where(sys._getframe(1)), address=text)
                else:
                    self._open(text, "r", 0)

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        handler = self._handlers.get(event)
        if handler is not None:
            self._quietly(lambda: handler(*args))

    def _quietly(self, work: Callable[[], None]) -> None:
        """Do it unless it is done already further up: what this class opens itself is no event."""
        if getattr(self._busy, "on", False):
            return
        self._busy.on = True
        try:
            with contextlib.suppress(Exception):  # whatever is wrong here, the notebook is not to feel it
                work()
        finally:
            self._busy.on = False

    def _open(self, path: Any, mode: Any, flags: Any) -> None:
        if isinstance(path, int) or path is None:
            return
        said = os.fsdecode(path)
        if said.startswith(":"):  # a database in memory
            return
        full = os.path.abspath(os.path.expanduser(said))  # noqa: PTH100, PTH111 - no objects, no links followed
        if said.endswith(_CODE) or full.startswith((*_SYSTEM, *self._hidden)) or is_library(full):
            return
        if full.startswith(self._spaces) or f"{os.sep}ipykernel_" in full:
            return
        where = self._frames.where(sys._getframe(1))
        if where is None or self._is_own_business():
            return
        writes = bool(set(str(mode or "")) & set("wax+")) or bool(
            not mode and (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        )
        fresh = False
        if not writes:
            try:
                status = os.stat(full)  # noqa: PTH116
                fresh = status.st_mtime_ns >= self._began
            except OSError:
                self.say("absent", where, path=full, said=said)
                return
        self.say("write" if writes else "read", where, path=full, said=said, fresh=fresh)

    def _database(self, database: Any, *_: Any) -> None:
        if isinstance(database, str) and database not in ("", ":memory:") and "mode=memory" not in database:
            path = database.removeprefix("file:").partition("?")[0]
            self._open(path, "r", 0)

    def _connect(self, _: Any, address: Any) -> None:
        if isinstance(address, tuple) and address:
            self._reach(str(address[0]), address[1])

    def _resolve(self, host: Any, port: Any = None, *_: Any) -> None:
        if host:
            self._reach(os.fsdecode(host), port)

    def _request(self, url: Any, *_: Any) -> None:
        where = self._frames.where(sys._getframe(1), in_imports=True)
        if not str(url).startswith("file:") and where is not None:
            self.say("address", where, address=str(url))

    def _reach(self, host: str, port: Any) -> None:
        where = self._frames.where(sys._getframe(1), in_imports=True)
        if where is None and (self._is_main() or self._passes(("workbench",))):
            return
        local = host in ("localhost", "::1", "0.0.0.0", "") or host.startswith("127.")  # noqa: S104 - compared
        if local and self._passes(_LOOPBACK_FRIENDS):
            return
        self.say("socket", where, host=host, port=port, local=local)

    def _program(self, executable: Any, args: Any = (), *_: Any) -> None:
        where = self._frames.where(sys._getframe(1))
        words = [os.fsdecode(each) for each in args] if isinstance(args, list | tuple) else [str(args)]
        if where is not None:
            self.say("program", where, words=words or [os.fsdecode(executable)])

    def _shell(self, command: Any) -> None:
        where = self._frames.where(sys._getframe(1))
        if where is not None:
            self.say("program", where, words=["sh", "-c", os.fsdecode(command)])

    def _import(self, module: str, *_: Any) -> None:
        if self._frames.current:
            self.imported.add(module.partition(".")[0])

    def say_modules(self) -> None:
        """Write down where the modules lie that were imported since the last time."""
        names, self.imported = self.imported, set()
        for name in sorted(names):
            file = getattr(sys.modules.get(name), "__file__", None)
            if file and not is_library(file):
                self.say("module", None, name=name, file=os.path.abspath(file))  # noqa: PTH100

    def _is_own_business(self) -> bool:
        return self._passes(_OWN_BUSINESS)

    def _is_main(self) -> bool:
        return threading.current_thread() is threading.main_thread()

    def _passes(self, names: tuple[str, ...]) -> bool:
        """Return whether a module of these works on behalf of the cell."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            owner = self._frames.owner(frame)
            if owner == "cell":
                return False
            module = str(frame.f_globals.get("__name__", ""))
            if owner != "itself" and any(module == name or module.startswith(f"{name}.") for name in names):
                return True
            frame = frame.f_back
        return False


def open_lines(path: str) -> TextIO:
    """Open a file that lines are appended to."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    return Path(path).open("a", encoding="utf-8")
