"""What became of an attempt, an entry or a run."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The nine ways in which work ends, as observed from outside the kernel."""

    SUCCEEDED = "succeeded"
    REUSED = "reused"
    REJECTED = "rejected"
    FAILED = "failed"
    KILLED = "killed"
    TIMED_OUT = "timed_out"
    INTERRUPTED = "interrupted"
    LOST = "lost"
    SKIPPED = "skipped"

    @property
    def is_success(self) -> bool:
        """Whether what depends on it may run."""
        return self in (Outcome.SUCCEEDED, Outcome.REUSED)

    @property
    def is_retryable(self) -> bool:
        """Whether another attempt may end otherwise: a gate's no and a person's stop are final."""
        return self in (Outcome.FAILED, Outcome.KILLED, Outcome.TIMED_OUT, Outcome.LOST)

    @property
    def verb(self) -> str:
        """The word after a name: `train failed`, `train was killed`."""
        said = self.value.replace("_", " ")
        acted = (Outcome.SUCCEEDED, Outcome.FAILED, Outcome.TIMED_OUT)
        return said if self in acted else f"was {said}"

    @property
    def exit_code(self) -> int:
        """The command line's exit code for a run that ended so."""
        if self.is_success:
            return 0
        return 3 if self is Outcome.REJECTED else 1


_WORST_FIRST = (
    Outcome.INTERRUPTED,
    Outcome.FAILED,
    Outcome.KILLED,
    Outcome.TIMED_OUT,
    Outcome.LOST,
    Outcome.REJECTED,
    Outcome.SUCCEEDED,
    Outcome.REUSED,
)


def combined(outcomes: list[Outcome]) -> Outcome:
    """Return a run's outcome from those of its entries: the worst that happened decides.

    A run of nothing but reused entries is `reused`; skipped entries follow from another's outcome.
    """
    for candidate in _WORST_FIRST:
        if candidate in outcomes:
            return candidate
    return Outcome.SUCCEEDED
