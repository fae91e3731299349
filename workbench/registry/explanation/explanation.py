"""An explanation of a model on a table: contributions, importance, dependence, as data and as figures."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from workbench.registry.explanation.contributions import Contributions
from workbench.registry.explanation.dependence import Dependence
from workbench.registry.explanation.importance import Importance

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workbench.pipeline.stage import Stage

_TOP = 10


@dataclass(frozen=True, eq=False)
class Explanation:
    """What a model's predictions rest on.

    Attributes:
        task: binary, multiclass or regression.
        rows: how many rows were explained.
        contributions: of every column to every one of those rows.
        importance: every column, those that contribute most first.
        dependence: of the mean score on the columns that contribute most, by name.
        loss: what `importance.cost` is measured in; empty without a truth.
    """

    task: str
    rows: int
    contributions: Contributions
    importance: tuple[Importance, ...]
    dependence: dict[str, Dependence]
    loss: str = ""

    def to_dict(self, top: int = _TOP) -> dict[str, Any]:
        """Return the numbers of the columns that matter most as plain JSON, small enough for the ledger."""
        return {
            "method": self.contributions.method,
            "scale": self.contributions.scale,
            "rows": self.rows,
            "columns": len(self.contributions.columns),
            "gap": self.contributions.gap,
            "loss": self.loss,
            "importance": [each.to_dict() for each in self.importance[:top]],
            "dependence": [each.to_dict() for each in self.dependence.values()],
        }

    def figures(self) -> dict[str, Figure]:
        """Return the figures by name: `importance` and, where a column was followed, `dependence`."""
        from workbench.registry.explanation.drawing import draw_dependence, draw_importance

        drawn = {"importance": draw_importance(self.importance, self.contributions.scale, self.loss)}
        if self.dependence:
            drawn["dependence"] = draw_dependence(tuple(self.dependence.values()))
        return drawn

    def attach(self, stage: Stage, model: str) -> Explanation:
        """Make this part of the evidence that the stage gives on a model's candidate by `wb.check`.

        The numbers that matter most go to the ledger with the verdicts, the figures to the run.
        """
        stage.request("explanation", model=model, explanation=self.to_dict())
        for name, figure in self.figures().items():
            stage.log_figure(figure, f"explanation_{name}")
        return self

    def __str__(self) -> str:
        width = max(len(each.column) for each in self.importance[:_TOP])
        lines = [f"  {e.column:<{width}}  {e.contribution:.4g}{_cost(e)}" for e in self.importance[:_TOP]]
        head = f"mean contribution to the {self.contributions.scale}, {self.rows:,} rows"
        return "\n".join([head + (f"; cost in {self.loss} when shuffled" if self.loss else ""), *lines])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(e.column)}</td><td>{e.contribution:.4g}</td><td>{escape(_cost(e))}</td></tr>"
            for e in self.importance[:_TOP]
        )
        return (
            f"<table><thead><tr><th>column</th><th>mean contribution ({self.contributions.scale})</th>"
            f"<th>cost when shuffled {escape(self.loss)}</th></tr></thead><tbody>{rows}</tbody></table>"
        )


def _cost(each: Importance) -> str:
    if each.cost is None:
        return ""
    if each.lower is None or each.upper is None:
        return f"  {each.cost:+.4g}"
    return f"  {each.cost:+.4g} ({each.lower:+.4g} to {each.upper:+.4g})"
