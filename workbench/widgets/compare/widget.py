"""`Compare`: two to five runs side by side."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from traitlets import Tuple

from workbench.errors import UsageError
from workbench.insight.experiments import Comparison, compare_runs, run_difference
from workbench.insight.experiments.compare import LEAST, MOST
from workbench.widgets.compare.words import said
from workbench.widgets.named import run_named
from workbench.widgets.session import session
from workbench.widgets.shown import Shown

if TYPE_CHECKING:
    from workbench.insight import RunSummary
    from workbench.pipeline.run_diff import RunDiff


class Compare(Shown):
    """Runs side by side: what differs first, in parameters, code, data, metrics and figures.

    ```python
    wb.widgets.Compare("20260302-030000-ab12", "last")
    ```

    Args:
        runs: two to five: ids, unique beginnings of them, or `last`; the others are compared with the first.

    Attributes:
        runs: their ids; a trait.

    Raises:
        UsageError: too few or too many.
        UnknownNameError: one of them does not exist.
    """

    runs = Tuple(read_only=True)

    def __init__(self, *runs: str | RunSummary) -> None:
        super().__init__()
        self._session = session()
        ids = tuple(dict.fromkeys(run_named(self._session.store, run) for run in runs))
        if len(ids) == 1 and len(runs) > 1:
            raise UsageError(f"Both are run {ids[0]}.", hint="Give two different runs.")
        if not LEAST <= len(ids) <= MOST:
            raise UsageError(
                f"Compare takes {LEAST} to {MOST} runs, but got {len(ids) or 'none'}.",
                hint="Name them: Compare('last', 'RUN'), or choose them in wb.widgets.Runs().",
            )
        self.set_trait("runs", ids)
        self.comparison: Comparison = compare_runs(self._session.store, self._session.person, ids)

    def __repr__(self) -> str:
        return f"<Compare {' '.join(self.runs)}>"

    @cached_property
    def diffs(self) -> tuple[RunDiff, ...]:
        """What differs between the first run and each of the others."""
        store, person = self._session.store, self._session.person
        return tuple(run_difference(store, person, self.runs[0], other) for other in self.runs[1:])

    def figure(self, run: str, name: str) -> bytes:
        """Return a figure as PNG, its name as `STAGE/NAME`.

        Raises:
            UnknownNameError: the run has none of that name.
        """
        from workbench.insight.experiments import read_figure

        entry, _, figure = name.partition("/")
        return read_figure(self._session.store, self._session.person, run, entry, figure)

    def text(self) -> str:
        """Return what was changed, line by line where it is code, and what came of it."""
        return said(self.comparison, self.diffs)

    def build(self) -> Any:
        """Return the changes, the code that differs, tables of values, and figures."""
        from workbench.widgets.compare.view import compare_view

        return compare_view(self)
