"""The registry's part in a run: versions when a stage trains, evidence when it evaluates, promotions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

from workbench.errors import RejectedError
from workbench.ledger import Append, Ledger
from workbench.pipeline.extension import Ended
from workbench.project import Project
from workbench.registry.challenge import challenge_metric
from workbench.registry.gates import NamedGate, gates_of
from workbench.registry.model import read_model, stream_of
from workbench.registry.part import Part
from workbench.registry.projection import Projection
from workbench.registry.registration import model_output
from workbench.registry.version import ALIASES
from workbench.registry.window import window_appends


class RegistryExtension:
    """Takes part in runs for every model that the project declares.

    Args:
        project: says which models there are.
        ledger: the truth about them.
        projection: shows them in MLflow; the project's own store when None.
        call: calls a function by name in a process that has MLflow; None: MLflow is imported here.

    Raises:
        ConfigurationError: a gate's settings in workbench.toml are wrong.
    """

    def __init__(
        self,
        project: Project,
        ledger: Ledger,
        projection: Projection | None = None,
        *,
        call: Callable[..., Any] | None = None,
    ) -> None:
        self._call = call
        self._project = project
        self._ledger = ledger
        self._gates: dict[str, tuple[NamedGate, ...]] = {
            name: gates_of(name, config) for name, config in project.config.models.items()
        }
        for name, config in project.config.models.items():
            if config.challenge is not None:
                challenge_metric(name, config)
        if projection is not None:
            self._projection = projection

    @cached_property
    def _projection(self) -> Projection:
        return Projection.of(self._project, self._ledger)

    def resolve_input(self, name: str, upstream: Mapping[str, dict[str, Any]]) -> dict[str, Any] | None:
        """Return the record behind `MODEL@ALIAS`: the version that the candidate at hand would replace.

        When the alias's holder is that very candidate, it is the version which it replaced, so that a
        pipeline does not become stale by its own promotion.
        """
        model, _, alias = name.partition("@")
        if model not in self._gates or alias not in ALIASES:
            return None
        state = read_model(self._ledger, model)
        number = state.aliases.get(alias)
        candidate = self._candidate(model, upstream)
        if number is not None and candidate == state.versions[number].fingerprint:
            number = state.replaced_by(alias)
        if number is None:
            return {"kind": "absent", "name": name, "fingerprint": "absent", "files": []}
        return state.versions[number].record()

    def appends(self, ended: Ended) -> Sequence[Append]:
        """Return a version to register, evidence to attach, promotions to propose, windows looked at.

        Raises:
            RejectedError: a promotion was asked for that the evidence does not carry.
        """
        found = []
        for model in self._gates:
            state = read_model(self._ledger, model)
            expected = state.version
            part = Part(state, self._project.model(model), self._gates[model], ended, self._ledger)
            events = tuple(part.events())
            if events:
                found.append(Append(stream_of(model), expected, events))
        return [*found, *window_appends(ended, self._gates, self._ledger)]

    def compared(self, ended: Ended) -> Mapping[str, Any]:
        """Return what the candidate that was refused differs in from the champion, in brief."""
        for model in self._gates:
            state = read_model(self._ledger, model)
            part = Part(state, self._project.model(model), self._gates[model], ended, self._ledger)
            with suppress(RejectedError):
                found = part.compared()
                if found:
                    return {"model": model, **found}
        return {}

    def project(self) -> None:
        """Bring MLflow's registry to what the ledger says; cheap when it is already so."""
        if self._call is None:
            self._projection.project()
        elif self._projection.is_behind():
            self._call("workbench.registry.later:bring", str(self._project.root))

    def _candidate(self, model: str, upstream: Mapping[str, dict[str, Any]]) -> str | None:
        made = self._project.stage(self._project.model(model).trained_by).outputs
        name = model_output(model, {n: r for n, r in upstream.items() if n in made})
        return upstream[name]["fingerprint"] if name else None
