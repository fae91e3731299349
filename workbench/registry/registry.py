"""Models as the command line and people's code see them: versions, promotions, rollbacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from workbench.errors import TrackingError, UnknownNameError
from workbench.ledger import NewEvent
from workbench.ledger.actor import local_actor
from workbench.registry import approval, promotion, traffic
from workbench.registry.approval import Reviewer, find_waiting
from workbench.registry.compared import against_champion
from workbench.registry.decided import Decided, Redeployed
from workbench.registry.decision import write_decision
from workbench.registry.evidence import why_blocked
from workbench.registry.later import project_later
from workbench.registry.load import load, resolve, verify
from workbench.registry.model import ModelState, model_names, read_model
from workbench.registry.rollback import take_back
from workbench.registry.version import CHAMPION, Move, Promotion, Version

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.project import ModelConfig, Project
    from workbench.registry.deployment import Deployment
    from workbench.registry.projection import Projection
    from workbench.registry.stray import Difference


class Registry:
    """The models of a project.

    Args:
        project: says which models there are, with which gates and policies.
        ledger: the truth about them.
        projection: shows them in MLflow; the project's own store when None.
        later: whether a decision returns once it is in the ledger, and a process of its own brings MLflow
            to it; otherwise MLflow shows it when the call returns.

    Attributes:
        seen: what served when whoever decides was told what follows; refused when it is otherwise by now.
    """

    seen: Deployment | None = None

    def __init__(
        self, project: Project, ledger: Ledger, projection: Projection | None = None, *, later: bool = False
    ) -> None:
        self._project = project
        self._ledger = ledger
        self._later = later
        if projection is not None:
            self._projection = projection

    @cached_property
    def _projection(self) -> Projection:
        from workbench.registry.projection import Projection

        return Projection.of(self._project, self._ledger)

    def models(self) -> list[ModelState]:
        """Return every model that is declared or was ever registered, by name."""
        return [read_model(self._ledger, name) for name in self._names()]

    def model(self, name: str) -> ModelState:
        """Return one model.

        Raises:
            UnknownNameError: it is neither declared nor was it ever registered.
        """
        state = read_model(self._ledger, name)
        if not state.version and name not in self._project.config.models:
            raise UnknownNameError("model", name, self._names())
        return state

    def version(self, reference: str) -> Version:
        """Return the version that `MODEL@ALIAS`, `MODEL/NUMBER` or `MODEL`, for its champion, means."""
        return resolve(reference, self._ledger)

    def promote(
        self,
        model: str,
        version: int,
        *,
        alias: str = CHAMPION,
        share: float | None = None,
        reason: str = "",
        actor: str | None = None,
    ) -> Decided:
        """Make a version an alias's holder, or approve the promotion of it that waits.

        Args:
            model: the model.
            version: the version's number.
            alias: champion or challenger.
            share: of the traffic that a challenger gets, from 0 to 1; a new one gets none when None.
            reason: why, for the record.
            actor: who wishes it; whoever is signed in when None.

        Raises:
            RejectedError: its gates failed, never ran, ran on other data, or ran against another champion
                than the present.
            UnknownNameError: there is no such model, version or alias.
        """
        config = self._project.model(model)
        who = actor or local_actor()
        wish = promotion.Wish(
            version,
            config.promotion.policy,
            alias=alias,
            reason=reason,
            actor=who,
            **_today(model, config),
            compare=partial(against_champion, self._ledger),
            share=share,
        )
        return self._decide(model, alias, version, lambda state: promotion.promote(state, wish), who)

    def approve(self, model: str, number: int, *, reason: str = "", actor: str | None = None) -> Decided:
        """Approve a promotion that waits, so that its version becomes the alias's holder.

        Args:
            model: the model.
            number: the promotion's.
            reason: why, for the record.
            actor: who; whoever is signed in when None.

        Raises:
            RejectedError: the evidence does not carry it any more, or under four eyes it is the author's.
            UsageError: it is decided already, or was never proposed.
        """
        return self._review(model, number, approval.approve, reason, actor)

    def reject(self, model: str, number: int, *, reason: str, actor: str | None = None) -> Decided:
        """Reject a promotion that waits; a run does not ask for it again, a person may.

        Raises:
            UsageError: it is decided already, or was never proposed.
        """
        return self._review(model, number, approval.reject, reason, actor)

    def waiting(self, model: str, *, version: int | None = None, number: int | None = None) -> Promotion:
        """Return the promotion that waits: of a version, of a number, or the only one.

        Raises:
            UsageError: none waits, or several do.
        """
        return find_waiting(self.model(model), version=version, number=number)

    def blocked(self, state: ModelState, waiting: Promotion) -> str:
        """Return why a promotion that waits could not be approved now; empty when it could."""
        config = self._project.config.models.get(state.name)
        if config is None:
            return f"workbench.toml declares {state.name!r} no more"
        version = state.find(waiting.version)
        return why_blocked(state, version, alias=waiting.alias, **_today(state.name, config))

    def rollback(self, model: str, *, reason: str = "", actor: str | None = None) -> Decided:
        """Take back what callers met last, in one write.

        A challenger that got its traffic after the champion came loses it and its alias; otherwise the
        version is champion again that the present one replaced.

        Raises:
            RejectedError: there is no champion, or none before it.
            UnknownNameError: there is no such model.
        """
        state = self.model(model)
        alias = state.newest_arm
        holder = state.aliases.get(alias)

        def decide(state: ModelState) -> Sequence[NewEvent]:
            return take_back(state, alias=alias, holder=holder, reason=reason)

        found = None if alias == CHAMPION else holder
        return self._decide(model, alias, found, decide, actor or local_actor())

    def set_traffic(
        self, model: str, share: float, *, reason: str = "", actor: str | None = None
    ) -> Redeployed:
        """Give the challenger a share of the traffic, from 0 to 1; the champion answers the rest.

        Raises:
            RejectedError: nobody is challenger; under four eyes, its author wants more for it.
            UsageError: it is no share.
        """
        policy, who = self._project.model(model).promotion.policy, actor or local_actor()

        def decide(state: ModelState) -> Sequence[NewEvent]:
            if policy == promotion.FOUR_EYES:
                traffic.check_raise(state, share, who)
            return traffic.set_share(state, share, reason=reason)

        return self._redeploy(model, decide, who)

    def add_shadow(
        self, model: str, version: int, *, reason: str = "", actor: str | None = None
    ) -> Redeployed:
        """Let a version score every request beside those that answer; no caller sees it, no gate is asked.

        Raises:
            RejectedError: it answers callers already.
            IntegrityError: its files are not those that were recorded.
            UnknownNameError: there is no such model or version.
        """
        verify(self.model(model).find(version), self._project)
        return self._redeploy(model, lambda state: traffic.add_shadow(state, version, reason=reason), actor)

    def remove_shadow(
        self, model: str, version: int, *, reason: str = "", actor: str | None = None
    ) -> Redeployed:
        """Let a version be a shadow no more.

        Raises:
            UnknownNameError: there is no such model or version.
        """
        self.model(model)
        return self._redeploy(model, lambda s: traffic.remove_shadow(s, version, reason=reason), actor)

    def history(self, model: str) -> list[Move]:
        """Return every move of a model's aliases, oldest first: who, when, why."""
        return self.model(model).moves

    def load(self, reference: str) -> Any:
        """Return the native model behind `MODEL@ALIAS`, `MODEL/NUMBER` or `MODEL`, its digests checked."""
        return load(reference, ledger=self._ledger, project=self._project)

    def project(self, *, anew: bool = False) -> None:
        """Bring MLflow's registry to what the ledger says; `anew` also where nothing new has happened."""
        self._projection.project(anew=anew)

    def differences(self) -> list[Difference]:
        """Return what MLflow shows otherwise than the ledger has it; nothing is changed in MLflow.

        An alias that was moved there by hand is noted in the ledger, once.

        Raises:
            TrackingError: MLflow's store refused.
        """
        return self._projection.differences()

    def _names(self) -> list[str]:
        return sorted({*model_names(self._ledger), *self._project.config.models})

    def _review(
        self,
        model: str,
        number: int,
        review: Callable[[ModelState, int, Reviewer], list[NewEvent]],
        reason: str,
        actor: str | None,
    ) -> Decided:
        config = self._project.model(model)
        who = actor or local_actor()
        found = self.model(model).promotions.get(number)
        reviewer = Reviewer(who, reason, config.promotion.policy, **_today(model, config))
        alias, version = (found.alias, found.version) if found else (CHAMPION, None)
        return self._decide(model, alias, version, lambda state: review(state, number, reviewer), who)

    def _decide(
        self,
        model: str,
        alias: str,
        version: int | None,
        decide: Callable[[ModelState], Sequence[NewEvent]],
        actor: str,
    ) -> Decided:
        written = write_decision(self._ledger, model, decide, actor=actor, seen=self.seen)
        before, after = written.before.aliases.get(alias), written.after.aliases.get(alias)
        wanted = version if version is not None else after
        assert wanted is not None
        waits = next((p for p in written.after.pending if (p.version, p.alias) == (wanted, alias)), None)
        warning = self._show(model, written.after.version)
        deployment = written.after.deployment
        return Decided(model, alias, wanted, before, after, waits, warning, written.lost, deployment)

    def _redeploy(
        self, model: str, decide: Callable[[ModelState], Sequence[NewEvent]], actor: str | None
    ) -> Redeployed:
        written = write_decision(self._ledger, model, decide, actor=actor, seen=self.seen)
        return Redeployed(model, written.before.deployment, written.after.deployment)

    def _show(self, model: str, version: int) -> str:
        try:
            if self._later:
                project_later(self._project)
            else:
                self._projection.project(reach={model: version})
        except TrackingError as error:
            return str(error)
        return ""


def _today(model: str, config: ModelConfig) -> dict[str, Any]:
    """Return what is asked of a promotion today: which gates, and whether it may have been made by hand."""
    from workbench.registry.gates import gates_of

    return {"gates": gates_of(model, config), "by_hand": config.interactive == "allow"}
