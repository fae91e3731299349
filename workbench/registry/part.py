"""What one ended attempt means for one model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from workbench.errors import RejectedError, UnknownNameError
from workbench.ledger import Ledger, NewEvent
from workbench.pipeline.extension import Ended
from workbench.pipeline.outcome import Outcome
from workbench.project import ModelConfig
from workbench.registry.compared import against_champion
from workbench.registry.gates import NamedGate
from workbench.registry.model import ModelState
from workbench.registry.promotion import Wish, promote
from workbench.registry.registration import evaluate, model_output, register
from workbench.registry.version import CHALLENGER, CHAMPION

_NOT_YET = datetime.max.replace(tzinfo=UTC)  # the ledger gives the time when it writes


@dataclass
class Part:
    """Decides for one model and one attempt; `state` moves on with every event that is decided."""

    state: ModelState
    config: ModelConfig
    gates: Sequence[NamedGate]
    ended: Ended
    ledger: Ledger

    def events(self) -> Iterator[NewEvent]:
        """Return the events that follow, in order.

        Raises:
            RejectedError: a promotion was asked for that the evidence does not carry.
        """
        for decided in self._decisions():
            for event in decided:
                self.state.apply(event.kind, event.data, at=_NOT_YET, actor=self.ended.actor)
                yield event

    def compared(self) -> Mapping[str, Any]:
        """Return what the candidate that this attempt speaks of differs in from the champion."""
        for request in [*self._requests("evidence"), *self._requests("proposal")]:
            version = self.state.with_fingerprint(self._candidate(request)["fingerprint"])
            if version is not None:
                return against_champion(self.ledger, self.state, version)
        return {}

    def _decisions(self) -> Iterator[Sequence[NewEvent]]:
        succeeded = self.ended.outcome is Outcome.SUCCEEDED
        if succeeded and self.ended.stage == self.config.trained_by:
            yield self._registration()
        for request in self._requests("evidence"):
            candidate = self._candidate(request)
            yield self._late_registration(candidate)
            yield self._evaluation(candidate, request)
        for request in self._requests("proposal") if succeeded else ():
            candidate = self._candidate(request)
            yield self._late_registration(candidate)
            yield self._promotion(candidate, request)

    def _requests(self, kind: str) -> list[Mapping[str, Any]]:
        return [r for r in self.ended.requests if r["kind"] == kind and r.get("model") == self.state.name]

    def _registration(self) -> list[NewEvent]:
        name = model_output(self.state.name, self.ended.outputs)
        if name is None:
            return []
        ended = self.ended
        return register(
            self.state,
            ended.outputs[name],
            run=ended.run,
            stage=ended.stage,
            metrics=ended.metrics,
            parameters=ended.parameters,
            inputs=ended.inputs,
            tracking_id=ended.tracking_id,
        )

    def _candidate(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        name = request.get("candidate") or model_output(
            self.state.name, {n: r for n, r in self.ended.inputs.items() if "@" not in n}
        )
        record = self.ended.inputs.get(name) if name else None
        if record is None or record["kind"] != "model":
            raise RejectedError(
                f"Stage {self.ended.stage!r} speaks of a candidate for {self.state.name!r}, but reads none.",
                hint=f"Add what {self.config.trained_by!r} saves to stages.{self.ended.stage}.inputs.",
                evidence=None,
            )
        return record

    def _late_registration(self, candidate: Mapping[str, Any]) -> list[NewEvent]:
        """Register a candidate that was trained before workbench.toml declared its model."""
        if self.state.with_fingerprint(candidate["fingerprint"]) is not None:
            return []
        made = self._made(candidate["fingerprint"])
        if made is None:
            return []
        return register(
            self.state,
            candidate,
            run=made["run"],
            stage=made["stage"],
            metrics=made["metrics"],
            parameters=made["fingerprint"]["parameters"],
            inputs=made["fingerprint"]["inputs"],
            tracking_id=made.get("tracking_id"),
        )

    def _made(self, fingerprint: str) -> Mapping[str, Any] | None:
        commits = self.ledger.find(
            kinds=("entry.committed",), subject=self.config.trained_by, newest_first=True
        )
        for commit in commits:
            if any(record["fingerprint"] == fingerprint for record in commit.data["outputs"].values()):
                return commit.data
        return None

    def _evaluation(self, candidate: Mapping[str, Any], request: Mapping[str, Any]) -> list[NewEvent]:
        champion = self.ended.inputs.get(f"{self.state.name}@{CHAMPION}", {})
        read = self.ended.inputs.items()
        return evaluate(
            self.state,
            candidate["fingerprint"],
            request["gates"],
            against=champion.get("version") if champion.get("kind") == "model" else None,
            data={name: record["fingerprint"] for name, record in read if record["kind"] == "dataset"},
            run=self.ended.run,
            explanation=next((r["explanation"] for r in self._requests("explanation")[::-1]), {}),
        )

    def _promotion(self, candidate: Mapping[str, Any], request: Mapping[str, Any]) -> list[NewEvent]:
        version = self.state.with_fingerprint(candidate["fingerprint"])
        if version is None:
            raise RejectedError(
                f"The candidate is no registered version of {self.state.name!r}, so it cannot be promoted.",
                hint=f"Run {self.config.trained_by!r} again with --force, so that it is registered.",
                evidence=None,
            )
        wish = Wish(
            version.number,
            self.config.promotion.policy,
            self.gates,
            alias=request.get("alias") or self._alias(version.number),
            reason=request.get("reason", ""),
            actor=self.ended.actor,
            run=self.ended.run,
            author=self._started_by(),
            by_hand=self.config.interactive == "allow",
            compare=partial(against_champion, self.ledger),
        )
        try:
            return promote(self.state, wish)
        except UnknownNameError as error:  # in a run it is the stage's wish that is refused
            raise RejectedError(error.message, hint=error.hint, evidence=None) from error

    def _alias(self, version: int) -> str:
        """Return what a candidate is asked for: with a challenge declared, it has a champion to challenge."""
        challenges = self.config.challenge is not None and self.state.champion not in (None, version)
        return CHALLENGER if challenges else CHAMPION

    def _started_by(self) -> str:
        """Return who started the run, which is not always who goes on with it."""
        run = f"run/{self.ended.run}"
        started = self.ledger.find(kinds=("run.started",), stream_prefix=run, limit=1)
        return started[0].actor if started and started[0].stream == run else self.ended.actor
