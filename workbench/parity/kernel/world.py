"""The clock and the chance of a run, in the checker's hands: what differs between two runs is known.

The notebook's own code (cells, modules of the project) reads a clock that ticks a millisecond a look, so that
a duration that it logs is the same in every run. Libraries keep the real one, but for the calendar:
`datetime.now()` is moved for everybody. Where nobody pins a seed, chance comes from the checker's number.
"""

from __future__ import annotations

import ctypes
import datetime as calendar
import gc
import random
import secrets
import sys
import time
from collections.abc import Callable
from typing import Any

from workbench.parity.kernel.frames import Frames

_TICK = 1_000_000  # nanoseconds
_PATIENCE = 10_000  # looks at a clock after which it runs as real ones do: somebody waits for it
_DURATIONS = ("perf_counter", "monotonic", "process_time", "thread_time")
_ON_BEHALF = ("pandas.", "polars.", "pendulum", "arrow.", "dateutil.")  # asked for the time, they look
_OWN = ("cell", "own")
_real = {name: getattr(time, name) for name in ("time_ns", *(f"{each}_ns" for each in _DURATIONS))}


class World:
    """Changes what modules `time`, `datetime` and `random` give.

    Args:
        frames: tells whose code looks.
        tell: is called with the name of what was called, when the notebook's own code looks at the calendar.
        base: seconds since 1970 at which the notebook's own clock starts.
        shift: seconds by which the calendar is moved besides.
        chance: a number that all chance follows from which nobody pins.
    """

    def __init__(
        self, frames: Frames, tell: Callable[[str], None], *, base: float, shift: float, chance: int
    ) -> None:
        self._frames = frames
        self._tell = tell
        self._base = round(base * 1e9)
        self._start = self._base + round(shift * 1e9)
        self._began = _real["time_ns"]()
        self._looks = 0
        self._chance = random.Random(chance)
        self._number = chance

    def install(self) -> None:
        """Take effect, in this process and for good."""
        self._set_durations()
        self._set_time()
        self._set_calendar()
        self._set_chance()

    def _now(self, name: str, depth: int = 2) -> int:
        """Return the calendar's nanoseconds; of looks of the notebook's own code it is told.

        The workbench's own code stays on the day that it is: what it asks the clock for is its business.
        """
        elapsed: int = _real["time_ns"]() - self._began
        frame = sys._getframe(depth)
        owner = self._frames.owner(frame)
        if owner == "workbench":
            return self._base + self._tick(elapsed)
        if owner in _OWN:
            self._tell(name)
            return self._start + self._tick(elapsed)
        if str(frame.f_globals.get("__name__", "")).startswith(_ON_BEHALF):
            self._tell(name)
        return self._start + elapsed

    def _tick(self, elapsed: int) -> int:
        self._looks += 1
        return elapsed if self._looks > _PATIENCE else self._looks * _TICK

    def _is_own(self, depth: int) -> bool:
        return self._frames.owner(sys._getframe(depth)) in (*_OWN, "workbench")

    def _set_durations(self) -> None:
        for name in _DURATIONS:
            nanoseconds = _real[f"{name}_ns"]
            setattr(time, f"{name}_ns", self._duration(nanoseconds, whole=True))
            setattr(time, name, self._duration(nanoseconds, whole=False))

    def _duration(self, nanoseconds: Callable[[], int], *, whole: bool) -> Callable[[], float]:
        began = nanoseconds()

        def look() -> float:
            now = nanoseconds()
            if self._is_own(2):
                now = began + self._tick(now - began)
            return now if whole else now / 1e9

        return look

    def _set_time(self) -> None:
        def now_ns() -> int:
            return self._now("time.time_ns") if self._is_own(2) else _real["time_ns"]()

        def now() -> float:
            return (self._now("time.time") if self._is_own(2) else _real["time_ns"]()) / 1e9

        text, broken_down = time.strftime, time.localtime
        time.time_ns, time.time = now_ns, now
        for name in ("localtime", "gmtime", "ctime"):
            setattr(time, name, self._broken_down(name, getattr(time, name)))

        def strftime(shape: str, moment: Any = None) -> str:
            if moment is None and self._is_own(2):
                moment = broken_down(self._now("time.strftime") / 1e9)
            return text(shape) if moment is None else text(shape, moment)

        time.strftime = strftime

    def _broken_down(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def look(seconds: float | None = None) -> Any:
            if seconds is None and self._is_own(2):
                seconds = self._now(f"time.{name}") / 1e9
            return original(seconds)

        return look

    def _set_calendar(self) -> None:
        def now(kind: Any, tz: Any = None) -> Any:
            return kind.fromtimestamp(self._now(f"{kind.__name__}.now") / 1e9, tz)

        def utcnow(kind: Any) -> Any:
            moment = self._now(f"{kind.__name__}.utcnow") / 1e9
            return kind.fromtimestamp(moment, calendar.UTC).replace(tzinfo=None)

        def today(kind: Any) -> Any:
            return kind.fromtimestamp(self._now(f"{kind.__name__}.today") / 1e9)

        _put(calendar.datetime, now=now, utcnow=utcnow, today=today)
        _put(calendar.date, today=today)

    def _set_chance(self) -> None:
        random.seed(self._number)
        random._urandom = self._chance.randbytes  # type: ignore[attr-defined]
        secrets.token_bytes = lambda nbytes=None: self._chance.randbytes(nbytes or 32)
        if "numpy" in sys.modules:
            import numpy as np

            np.random.seed(self._number % 2**32)


def _put(kind: type, **methods: Callable[..., Any]) -> None:
    """Put class methods in place of those of a type that is written in C."""
    (names,) = gc.get_referents(kind.__dict__)
    for name, method in methods.items():
        names[name] = classmethod(method)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))
