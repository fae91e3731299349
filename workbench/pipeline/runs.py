"""Finds runs by what people write of them."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.errors import UnknownNameError, UsageError
from workbench.ledger import Leases, Ledger
from workbench.pipeline.history import RunState, fold
from workbench.pipeline.lost import notice

_STARTED = ("run.started",)
_LAST = "last"


@dataclass(frozen=True)
class Runs:
    """The runs of a project."""

    ledger: Ledger
    leases: Leases

    def newest(self, limit: int) -> list[RunState]:
        """Return the newest runs, newest first."""
        started = self.ledger.find(kinds=_STARTED, newest_first=True, limit=limit)
        return [self.state(event.data["run"]) for event in started]

    def find(self, text: str) -> RunState:
        """Return a run by its id, a unique beginning of it, or `last`.

        Raises:
            UnknownNameError: there is no such run.
            UsageError: several begin so.
        """
        return self.state(self._id(str(text)))  # a number is no run either

    def state(self, run: str) -> RunState:
        """Return a run of exactly this id; it is recorded as lost when its runner has vanished."""
        return notice(self.ledger, self.leases, fold(run, self.ledger.read(f"run/{run}")))

    def _id(self, text: str) -> str:
        if text == _LAST:
            last = self.ledger.find(kinds=_STARTED, newest_first=True, limit=1)
            if last:
                return str(last[0].data["run"])
            raise UnknownNameError("run", text, hint="Nothing has run yet. Start with: workbench run")
        if self.ledger.version(f"run/{text}"):
            return text
        known = self.ledger.find(kinds=_STARTED, newest_first=True, limit=1000)
        ids = [str(event.data["run"]) for event in known]
        fits = [known_id for known_id in ids if known_id.startswith(text)]
        if len(fits) == 1:
            return fits[0]
        if fits:
            more = " …" if len(fits) > 5 else ""
            raise UsageError(
                f"{len(fits)} runs begin with {text!r}: {', '.join(fits[:5])}{more}.",
                hint="Write more of the id, or `last` for the newest run.",
            )
        raise UnknownNameError("run", text, ids)
