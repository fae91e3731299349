"""One row through LightGBM's own C function, without the Python around it.

`Booster.predict` takes 20 to 40 µs for one row, `LGBM_BoosterPredictForMatSingleRowFast` about 2. It is part
of LightGBM's C interface but not of its Python one; so its answers are compared with `Booster.predict` before
any is given, and where it is missing or differs, `Booster.predict` is what answers.
"""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Sequence
from struct import Struct
from threading import local
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from lightgbm import Booster
    from numpy.typing import NDArray

_FLOAT64, _PREDICT_NORMAL = 1, 0


class SingleRow:
    """Predicts one row at a time with a Booster, from any thread.

    Each thread has a configuration and buffers of its own, since LightGBM writes into them.
    """

    def __init__(self, booster: Booster) -> None:
        self._booster = booster  # its handle lives as long as it does
        self._width = booster.num_feature()
        self._outputs = booster.num_model_per_iteration()
        self._functions = _functions()
        self._local = local()

    def predict(self, numbers: Sequence[float]) -> float | list[float]:
        """Return one row's prediction, several numbers for several classes.

        Args:
            numbers: a finite number or NaN for each feature.

        Raises:
            OverflowError: a whole number is too large for a float.
        """
        try:
            lane = self._local.lane
        except AttributeError:
            lane = self._local.lane = _Lane(self._booster, self._width, self._outputs, self._functions)
        lane.fill(lane.row, 0, *numbers)
        if lane.call(lane.config, lane.row, lane.length, lane.out):
            raise RuntimeError(f"LightGBM could not predict a row: {_last_error()}")
        answer: float | list[float] = lane.out[0] if self._outputs == 1 else lane.out[:]
        return answer

    def agrees(self, rows: NDArray[np.float64]) -> bool:
        """Return whether it gives, bit for bit, what the Booster gives."""
        import numpy as np

        expected = np.asarray(self._booster.predict(rows), dtype=np.float64)
        got = np.asarray([self.predict(row) for row in rows.tolist()], dtype=np.float64)
        return got.shape == expected.shape and got.tobytes() == expected.tobytes()


def single_row(booster: Booster, examples: NDArray[np.float64]) -> SingleRow | None:
    """Return what predicts single rows fast, None where it cannot be had or relied on.

    Args:
        booster: as it was loaded.
        examples: rows that it was saved with, shape (rows, features); may be empty.
    """
    import numpy as np

    try:
        fast = SingleRow(booster)
        return fast if fast.agrees(np.concatenate([examples, drawn_rows(booster)])) else None
    except (AttributeError, OSError, RuntimeError, TypeError, ValueError):
        return None


def drawn_rows(booster: Booster, count: int = 128, seed: int = 0) -> NDArray[np.float64]:
    """Return random rows within and around what a Booster was trained on, shape (count, features)."""
    import numpy as np

    random, width = np.random.default_rng(seed), booster.num_feature()
    low, high = np.full(width, -1.0), np.full(width, 1.0)
    for place, told in enumerate(_told_of(booster)[:width]):
        values = [float(each) for each in told.strip("[]").split(":") if each not in ("none", "")]
        if values:
            low[place], high[place] = min(values), max(values)
    spread = np.maximum(high - low, 1.0)
    rows = random.uniform(low - 0.1 * spread, high + 0.1 * spread, (count, width))
    rows = np.where(random.random(rows.shape) < 0.3, rows.round(), rows)
    rows[random.random(rows.shape) < 0.1] = np.nan
    return rows


def _told_of(booster: Booster) -> list[str]:
    head = booster.model_to_string(num_iteration=1).partition("\n\n")[0]
    line = next((each for each in head.splitlines() if each.startswith("feature_infos=")), "")
    return line.partition("=")[2].split()


class _Lane:
    """The configuration and the buffers of one thread."""

    def __init__(self, booster: Booster, width: int, outputs: int, functions: Sequence[Any]) -> None:
        begin, self.call, end = functions
        self.row = (ctypes.c_double * width)()
        self.out = (ctypes.c_double * outputs)()
        self.fill = Struct(f"{width}d").pack_into
        self._length = ctypes.c_int64()
        self.length = ctypes.byref(self._length)
        self.config = ctypes.c_void_p()
        failed = begin(
            booster._handle,
            ctypes.c_int(_PREDICT_NORMAL),
            ctypes.c_int(0),
            ctypes.c_int(booster.best_iteration),
            ctypes.c_int(_FLOAT64),
            ctypes.c_int32(width),
            ctypes.c_char_p(b""),
            ctypes.byref(self.config),
        )
        if failed:
            raise RuntimeError(f"LightGBM refused a fast configuration: {_last_error()}")
        weakref.finalize(self, end, self.config).atexit = False


def _functions() -> tuple[Any, Any, Any]:
    """Return LightGBM's functions that begin, predict and end.

    The one that predicts keeps the interpreter's lock: giving it away and waiting for it again costs more
    than the prediction, and milliseconds when another thread is busy.
    """
    from lightgbm.basic import _LIB

    held = ctypes.PyDLL(_LIB._name, handle=_LIB._handle)
    return (
        _LIB.LGBM_BoosterPredictForMatSingleRowFastInit,
        held.LGBM_BoosterPredictForMatSingleRowFast,
        _LIB.LGBM_FastConfigFree,
    )


def _last_error() -> str:
    from lightgbm.basic import _LIB

    said: bytes = _LIB.LGBM_GetLastError()
    return said.decode(errors="replace")
