"""`Promotion`: which versions serve, who asks for what, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from traitlets import Unicode

from workbench.errors import UsageError
from workbench.insight.deployments import (
    Decision,
    Deployment,
    VersionBrief,
    approve,
    deployment,
    past,
    promote,
    propose,
    reject,
    remove_shadow,
    roll_back,
    set_traffic,
    versions,
)
from workbench.registry.version import CHAMPION
from workbench.widgets.named import model_named
from workbench.widgets.session import session
from workbench.widgets.shown import Shown


class Promotion(Shown):
    """A model's deployment, and the decisions about it that your role allows.

    ```python
    promotion = wb.widgets.Promotion()
    promotion.propose(3, reason="better on every slice")
    promotion.approve(reason="agreed")
    promotion.roll_back(reason="callers complain")
    ```

    Each button names what follows before anything happens and asks for the reason; each method does what
    its button does. It stands in the ledger under your name.

    Args:
        model: the model's name; the only one when None.

    Attributes:
        model: a trait: set it, and another model is shown.
        told: what was done last, in a sentence, likewise.
        session: whose project it is, and who acts.
    """

    model = Unicode()
    told = Unicode()

    def __init__(self, model: str | None = None) -> None:
        super().__init__()
        self.session = session()
        self.session.person.require("view")
        self.model = model_named(self.session.store, model)

    @property
    def deployment(self) -> Deployment:
        """What serves now, and what waits."""
        return deployment(self.session.store, self.session.person, self.model)

    @property
    def versions(self) -> tuple[VersionBrief, ...]:
        """All versions in brief, the newest first."""
        return versions(self.session.store, self.session.person, self.model)

    @property
    def past(self) -> tuple[Decision, ...]:
        """What was decided, the newest first."""
        return past(self.session.store, self.session.person, self.model)

    def propose(self, version: int, *, reason: str, to: str = CHAMPION, traffic: float = 0.0) -> str:
        """Ask that a version become champion or challenger; somebody has to approve it.

        Args:
            version: its number.
            reason: why, for the record.
            to: champion or challenger.
            traffic: of a challenger, the share of the requests that it is to get, from 0 to 1.

        Returns:
            What happened, in a sentence.

        Raises:
            AccessError: your role does not allow it.
            RejectedError: its gates do not carry it, or it is so already.
            UsageError: no reason was given.
            UnknownNameError: there is no such version.
        """
        return self.act(propose, version, reason=reason, to=to, traffic=traffic)

    def approve(self, proposal: int | None = None, *, reason: str) -> str:
        """Approve a promotion that waits; the only one when it is not named.

        Raises:
            AccessError: your role does not allow it.
            RejectedError: the evidence does not carry it any more, or under four eyes it is your own.
            UsageError: it is decided already, none or several wait, or no reason was given.
        """
        return self.act(approve, self._waiting(proposal), reason=reason)

    def reject(self, proposal: int | None = None, *, reason: str) -> str:
        """Reject a promotion that waits; see `approve`."""
        return self.act(reject, self._waiting(proposal), reason=reason)

    def promote(self, version: int, *, reason: str, to: str = CHAMPION, traffic: float = 0.0) -> str:
        """Make a version champion, challenger or shadow; under four eyes somebody else has to approve it.

        Raises:
            AccessError: your role does not allow it.
            RejectedError: its gates do not carry it, or it answers already.
            UsageError: no reason was given.
            UnknownNameError: there is no such version.
        """
        return self.act(promote, version, reason=reason, to=to, traffic=traffic)

    def set_traffic(self, share: float, *, reason: str) -> str:
        """Give the challenger a share of the requests, from 0 to 1; the champion answers the rest.

        Raises:
            AccessError: your role does not allow it.
            RejectedError: nobody is challenger.
            UsageError: it is no share, or no reason was given.
        """
        return self.act(set_traffic, share, reason=reason)

    def roll_back(self, *, reason: str) -> str:
        """Take back what callers met last: the challenger's traffic, or else the champion.

        Raises:
            AccessError: your role does not allow it.
            RejectedError: there is nothing to go back to.
            UsageError: no reason was given.
        """
        return self.act(roll_back, reason=reason)

    def remove_shadow(self, version: int, *, reason: str) -> str:
        """Let a version be a shadow no more.

        Raises:
            AccessError: your role does not allow it.
            UnknownNameError: there is no such version.
            UsageError: no reason was given.
        """
        return self.act(remove_shadow, version, reason=reason)

    def act(self, action: Callable[..., str], *what: Any, **how: Any) -> str:
        """Do one of the actions of `workbench.insight.deployments` in your name; see the methods above."""
        told = action(self.session.store, self.session.person, self.model, *what, **how)
        self.told = told
        return told

    def text(self) -> str:
        """Return what serves, what waits and what was decided last, in words."""
        from workbench.widgets.promotion.words import said

        return said(self)

    def build(self) -> Any:
        """Return the view, and follow what happens to the model."""
        from workbench.widgets.promotion.view import View

        view = View(self)
        self.observe(view.draw_all, "model")
        self._at_close(lambda: self.unobserve(view.draw_all, "model"))
        self._at_close(self.session.follow(view.draw))
        return view.panel

    def __repr__(self) -> str:
        return f"<Promotion of {self.model}>"

    def _waiting(self, proposal: int | None) -> int:
        if proposal is not None:
            return proposal
        waiting = self.deployment.waiting
        if len(waiting) == 1:
            return waiting[0].promotion.number
        numbers = ", ".join(str(each.promotion.number) for each in waiting)
        raise UsageError(
            f"{len(waiting)} promotions of {self.model!r} wait: {numbers}."
            if waiting
            else f"No promotion of {self.model!r} waits for an approval.",
            hint="Name one: promotion.approve(NUMBER, reason=…)"
            if waiting
            else "Ask for one: promotion.propose(VERSION, reason=…)",
        )
