"""What a stage says of itself while it runs: numbers, figures, texts, small tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.errors import ParameterError, UsageError
from workbench.pipeline.space import Space
from workbench.pipeline.ticket import Ticket


class StageLog:
    """The part of a stage that logs; what it logs is kept with the run."""

    _ticket: Ticket
    _space: Space

    @property
    def name(self) -> str:
        """The stage's name in workbench.toml."""
        return self._ticket.stage

    def now(self) -> datetime:
        """Return the project time at which this attempt began; use it in place of the wall clock."""
        return datetime.fromisoformat(self._ticket.at)

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Log numbers; each is kept with the run and shown wherever runs are compared.

        Raises:
            ParameterError: one of them is no number, or they are not given by name.
        """
        if not hasattr(metrics, "items"):
            raise ParameterError(
                f"log_metrics takes numbers by their names, but got {metrics!r}.",
                hint='Write stage.log_metrics({"auc": 0.71}), or stage.log_metric("auc", 0.71).',
                name="metrics",
                where=self.name,
            )
        for name, value in metrics.items():
            try:
                float(value)
            except (TypeError, ValueError) as error:
                raise ParameterError(
                    f"Metric {name!r} is {value!r}, which is not a number.",
                    hint="Log texts with stage.log_text and tables with stage.log_table.",
                    name=name,
                    where=self.name,
                ) from error
        self._space.add_metrics(metrics, step, self.now().isoformat())

    def log_metric(self, name: str, value: float, step: int | None = None) -> None:
        """Log one number."""
        self.log_metrics({name: value}, step)

    def log_figure(self, figure: Any, name: str) -> None:
        """Keep a Matplotlib figure as PNG with the run."""
        if not hasattr(figure, "savefig"):
            raise UsageError(
                f"log_figure takes a Matplotlib figure, then its name, but got a {type(figure).__name__}.",
                hint='Write stage.log_figure(figure, "roc"); of axes, give axes.figure.',
            )
        figure.savefig(self._figure(name, ".png"), dpi=120, bbox_inches="tight")

    def log_text(self, text: str, name: str) -> None:
        """Keep a text with the run."""
        self._figure(name, ".txt").write_text(text, encoding="utf-8")

    def log_table(self, table: Any, name: str) -> None:
        """Keep a small table as CSV with the run."""
        import pyarrow.csv

        from workbench.data import to_arrow

        pyarrow.csv.write_csv(to_arrow(table), self._figure(name, ".csv"))

    def _figure(self, name: str, suffix: str) -> Path:
        if not isinstance(name, str) or not name or ".." in Path(name).parts or Path(name).is_absolute():
            raise UsageError(
                f"{name!r} cannot be the name of what is logged.",
                hint="Give a text such as 'roc' or 'slices/roc'.",
            )
        path = self._space.folder / "figures" / f"{name.removesuffix(suffix)}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path
