"""`Explain`: what one answer rests on, and what it would be were the row another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from traitlets import Dict, Float

from workbench.errors import UsageError
from workbench.insight.deployments.contributions import Explained
from workbench.widgets.explain.asked import AskedModel, asked_model
from workbench.widgets.named import model_named
from workbench.widgets.session import session
from workbench.widgets.shown import Shown

if TYPE_CHECKING:
    from workbench.serving.log import Prediction


class Explain(Shown):
    """The contributions of one row, and what happens to the answer when a value is another one.

    ```python
    wb.widgets.Explain("flight-delay", row=flights.iloc[0])
    wb.widgets.Explain(prediction="019234ab…-0")   # as the answer named it
    explain.change(carrier="DL"); explain.reset()
    ```

    The version answers as its service does. Contributions of LightGBM's trees are exact, any other model's
    are sampled.

    Args:
        model: `MODEL` for its champion, `MODEL@challenger`, `MODEL/3`; the only model when None.
        row: a mapping, or one row of a table; what training saw most often when None.
        prediction: the id of an answer, in place of a model and a row.

    Attributes:
        row: the row as it is asked about now, a trait: set it, or use `change`.
        original: the row as it was given.
        answer: the model's score for it, a trait: a probability or a value.
        logged: the answered row, when a prediction was given.
    """

    row = Dict()
    answer = Float()

    def __init__(self, model: str | None = None, row: Any = None, *, prediction: str | None = None) -> None:
        super().__init__()
        if prediction is not None and (model is not None or row is not None):
            raise UsageError(
                "Explain got a prediction and a model or a row, and cannot tell which is meant.",
                hint="Give prediction alone: its model, version and row are in the log.",
            )
        sitting = session()
        self.asked: AskedModel
        self.logged: Prediction | None = None
        self.notes: tuple[str, ...] = ()
        if prediction is not None:
            from workbench.widgets.explain.logged import read_logged

            found = read_logged(sitting, prediction)
            self.asked, self.original = found.asked, found.row
            self.logged, self.notes = found.logged, found.notes
        else:
            if model is None or not sitting.store.models():
                model = model_named(sitting.store, None)
            self.asked = asked_model(sitting, model)
            self.original = self.asked.usual() if row is None else self.asked.row(row)
            if row is None:
                self.notes = ("No row was given: this one has what training saw most, and is nobody's.",)
        self.before = self.asked.explain(self.original)
        self._now = self.before
        self.answer = self._score(self.original)
        self.answer_before = self.answer
        self._is_settling = False
        self.set_trait("row", dict(self.original))
        self.observe(self._asked_anew, "row")

    @property
    def explained(self) -> Explained:
        """The answer to the row as it is now, taken apart."""
        return self._now

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """What is otherwise than it was given: before and now, by column."""
        return {
            name: (before, self.row[name])
            for name, before in self.original.items()
            if self.row[name] != before
        }

    def change(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> float:
        """Let columns have other values, and return the answer to that.

        Args:
            values: by column, where a name is no Python name.
            named: likewise.

        Raises:
            UnknownNameError: the model takes no such column.
            UsageError: a value does not fit its column; nothing is changed.
        """
        wanted = {**(values or {}), **named}
        for name in wanted:
            self.asked.check(name)
        self.row = self.asked.row({**self.row, **wanted})
        return float(self.answer)

    def reset(self) -> float:
        """Take all changes back, and return the answer."""
        self.row = dict(self.original)
        return float(self.answer)

    def text(self) -> str:
        """Return what the answer rests on, in words."""
        from workbench.widgets.explain.words import said

        return said(self)

    def build(self) -> Any:
        """Return the view."""
        from workbench.widgets.explain.view import View

        view = View(self)
        self.observe(view.draw, "answer")
        self.observe(view.draw, "row")
        self._at_close(lambda: self.unobserve(view.draw, "answer"))
        self._at_close(lambda: self.unobserve(view.draw, "row"))
        return view.panel

    def __repr__(self) -> str:
        return f"<Explain {self.asked.name}: {self.answer:.4g}>"

    def _asked_anew(self, change: Mapping[str, Any]) -> None:
        if self._is_settling:
            return
        try:
            row = self.asked.row(change["new"])
            self._now, score = self.asked.explain(row), self._score(row)
        except UsageError:
            self._settle(change["old"])
            raise
        self._settle(row)
        self.answer = score

    def _settle(self, row: Mapping[str, Any]) -> None:
        """Let a row stand that has been asked about."""
        self._is_settling = True
        self.row = dict(row)
        self._is_settling = False

    def _score(self, row: Mapping[str, Any]) -> float:
        (scores,) = self.asked.answers([row])
        return float(scores[self.before.group or 0])
