"""Fast enough: how long a warm candidate takes for one row."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter_ns
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from annotated_types import Ge
from pydantic import field_validator, model_validator

from workbench.duration import parse_duration
from workbench.registry.gate import Finding, Rule, Scored, Unmeasurable
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WARM_UP = 50
_LONGEST = 2.0  # seconds after which no further batch is begun, once three are done
_FEWEST = 3


class Latency(Rule):
    """`latency = { p50 = "1ms", p99 = "5ms" }`.

    Single rows are scored in batches, and the best batch counts: whatever else the machine does makes a
    batch slower, never faster. It times the model alone, with its row at hand; what the network and the
    building of features take comes on top. What is measured goes into the gate's table; the evidence has
    it rounded up to 1, 2 or 5 times a power of ten, so that a machine's mood makes no news.

    Attributes:
        p50: what half of the rows must be answered within.
        p99: what 99 of 100 rows must be answered within.
        rows: rows of a batch.
        batches: batches, of which the best counts.
    """

    needs: ClassVar[tuple[str, ...]] = ("frame", "candidate")

    p50: str | None = None
    p99: str | None = None
    rows: Annotated[int, Ge(100)] = 100
    batches: Annotated[int, Ge(1)] = 20

    @field_validator("p50", "p99")
    @classmethod
    def _is_a_length(cls, limit: str | None) -> str | None:
        if limit is not None and parse_duration(limit).total_seconds() <= 0:
            raise ValueError(f"must be longer than nothing, but got {limit!r}")
        return limit

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if self.p50 is None and self.p99 is None:
            raise ValueError('needs p50 or p99, such as "5ms"')
        return self

    def judge(self, scored: Scored) -> Finding:
        """Return pass when the best batch keeps the limits."""
        import numpy as np

        if scored.frame is None or scored.candidate is None:
            raise Unmeasurable("no frame or no candidate was given, so nothing can be timed")
        if scored.rows == 0:
            raise Unmeasurable("there are no rows to time")
        drawn = np.sort(np.random.default_rng(0).permutation(scored.rows)[: self.rows])
        rows = scored.frame.iloc[drawn].reset_index(drop=True)
        try:
            batches = self._timed(scored.candidate.one_by_one(rows), len(rows))
        except Unmeasurable:
            raise
        except Exception as error:
            raise Unmeasurable(f"one row cannot be scored: {type(error).__name__}: {error}") from error
        best = {name: float(batches[:, place].min()) for place, name in enumerate(("p50", "p99"))}
        limits = {n: parse_duration(t).total_seconds() for n, t in self._limits.items()}
        slow = [name for name, limit in limits.items() if best[name] > limit]
        said = ", ".join(
            f"{name} below {_words(_rounded_up(best[name]))}, must be at most {text}"
            for name, text in self._limits.items()
        )
        evidence: dict[str, Any] = {
            f"{name}_below_seconds": _rounded_up(value) for name, value in best.items()
        }
        table = [{"batch": n + 1, "p50_seconds": a, "p99_seconds": b} for n, (a, b) in enumerate(batches)]
        return Finding(Verdict.FAIL if slow else Verdict.PASS, f"one row: {said}", evidence, table)

    @property
    def _limits(self) -> dict[str, str]:
        return {name: text for name, text in (("p50", self.p50), ("p99", self.p99)) if text is not None}

    def _timed(self, score: Callable[[int], object], rows: int) -> NDArray[np.float64]:
        """Return the seconds that half, and 99 of 100, rows of each batch took, shape (batches, 2)."""
        import numpy as np

        for number in range(_WARM_UP):
            score(number % rows)
        found: list[NDArray[np.float64]] = []
        begun = perf_counter_ns()
        while len(found) < self.batches:
            if len(found) >= _FEWEST and perf_counter_ns() - begun > _LONGEST * 1e9:
                break
            ticks = [perf_counter_ns()]
            for number in range(self.rows):
                score(number % rows)
                ticks.append(perf_counter_ns())
            found.append(np.quantile(np.diff(ticks), [0.5, 0.99], method="inverted_cdf") / 1e9)
        return np.array(found)


def _rounded_up(seconds: float) -> float:
    from math import floor, log10

    power = 10.0 ** floor(log10(max(seconds, 1e-9)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= seconds * (1 - 1e-9))


def _words(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1:
            return f"{seconds * scale:g} {unit}"
    return f"{seconds * 1e9:g} ns"
