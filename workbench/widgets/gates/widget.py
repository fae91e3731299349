"""`Gates`: whether a version may become champion, and the evidence gate by gate."""

from __future__ import annotations

from typing import Any

from traitlets import Int, Unicode

from workbench.errors import UsageError
from workbench.insight.deployments.checklist import GateShown
from workbench.registry.verdict import Verdict
from workbench.widgets.gates.standing import Standing, find_version, standing
from workbench.widgets.session import session
from workbench.widgets.shown import Shown


class Gates(Shown):
    """The checklist of a model's version: verdicts, numbers against their limits, slices, refusals.

    ```python
    wb.widgets.Gates()                           # the newest version of the only model
    wb.widgets.Gates("flight-delay", version=3)
    wb.widgets.Gates(run="20130711-120000-ab12") # what that run judged
    ```

    Args:
        model: the model's name; the only one when None.
        version: its number; the newest when None.
        run: the run that judged or made the version, in place of its number.

    Attributes:
        model: a trait, as is `version`: set it, and another version is shown.
        session: whose project it is.
    """

    model = Unicode()
    version = Int()

    def __init__(
        self, model: str | None = None, version: int | None = None, *, run: str | None = None
    ) -> None:
        super().__init__()
        if version is not None and run is not None:
            raise UsageError(
                "Gates got a version and a run, and cannot tell which is meant.", hint="Give one of them."
            )
        self.session = session()
        self.session.person.require("view")
        self.model, newest = find_version(self.session, model, run)
        self.session.store.model(self.model).find(newest if version is None else version)
        self.version = newest if version is None else version

    @property
    def standing(self) -> Standing:
        """How the version stands now."""
        return standing(self.session, self.model, self.version)

    @property
    def gates(self) -> tuple[GateShown, ...]:
        """What each gate found, those that did not pass first."""
        return self.standing.gates

    @property
    def verdict(self) -> Verdict:
        """What the gates come to together."""
        return self.standing.verdict

    def text(self) -> str:
        """Return how the version stands, in words."""
        from workbench.widgets.gates.words import said

        return said(self.standing)

    def build(self) -> Any:
        """Return the view, and follow what happens to the model."""
        from workbench.widgets.gates.view import View

        view = View(self)
        self.observe(view.draw, ["model", "version"])
        self._at_close(lambda: self.unobserve(view.draw, ["model", "version"]))
        self._at_close(self.session.follow(view.draw))
        return view.panel

    def __repr__(self) -> str:
        return f"<Gates {self.model}/{self.version}>"
