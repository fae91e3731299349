"""`Runs`: the runs of a project, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from traitlets import Bool, TraitError, Tuple, Unicode, validate

from workbench.errors import UnknownNameError, UsageError
from workbench.insight.experiments import RunQuery, find_runs, known
from workbench.widgets.named import run_named
from workbench.widgets.runs.columns import check_column, heads, row_text, values_shown
from workbench.widgets.session import session
from workbench.widgets.shown import Shown

if TYPE_CHECKING:
    from workbench.insight import RunSummary
    from workbench.widgets.compare import Compare

PAGE = 20


class Runs(Shown):
    """The runs of the project, found as on the dashboards' page: words, and comparisons like `auc>0.7`.

    ```python
    runs = wb.widgets.Runs("auc>0.7", sort="auc")
    runs.selected                     # in any other cell
    ```

    Args:
        query: words that a run must hold, and comparisons of its metrics and parameters.
        pipeline: only its runs.
        outcome: only runs that ended so, or `running`.
        by: only runs of that actor.
        since: only runs since then: a date, or `2026-03-02`.
        sort: a fact (`started`, `seconds` …), a metric `STAGE/NAME`, or a parameter `STAGE.NAME`; the name
            alone where only one stage has it.
        descending: whether the greatest comes first.
        columns: metrics and parameters to show, by the same names.

    Attributes:
        query, pipeline, outcome, sort, descending: as above; traits, which may be set.
        selected: the ids that are chosen, in the order in which they were; a trait.

    Raises:
        UnknownNameError: nothing of that name is known.
    """

    query = Unicode()
    pipeline = Unicode()
    outcome = Unicode()
    sort = Unicode("started")
    descending = Bool(True)
    selected = Tuple()

    def __init__(
        self,
        query: str = "",
        *,
        pipeline: str = "",
        outcome: str = "",
        by: str = "",
        since: date | str | None = None,
        sort: str = "started",
        descending: bool = True,
        columns: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._session = session()
        have = self.known()
        self._by, self._since = by, _moment(since)
        self.columns = tuple(check_column(name, have) for name in _names(columns))
        _check("pipeline", pipeline, {*have.pipelines, *self._session.project.config.pipelines})
        _check("outcome", outcome, {*have.outcomes, "succeeded", "failed", "running"})
        self.query, self.pipeline, self.outcome = query, pipeline, outcome
        self.sort, self.descending = sort, descending

    def __repr__(self) -> str:
        return f"<Runs {self.query!r}: {len(self.selected)} selected>"

    def known(self) -> Any:
        """Return what runs can be found, ordered and shown by, each with how many runs have it."""
        return known(self._session.store, self._session.person)

    def find(self) -> tuple[RunSummary, ...]:
        """Return all runs that are asked for, in order."""
        self._session.store.refresh()
        query = RunQuery(
            text=self.query,
            pipelines=(self.pipeline,) if self.pipeline else (),
            outcomes=(self.outcome,) if self.outcome else (),
            actors=(self._by,) if self._by else (),
            since=self._since,
            sort=self.sort,
            descending=self.descending,
        )
        return find_runs(self._session.store, self._session.person, query)

    def select(self, *runs: str) -> None:
        """Choose runs, by their ids, unique beginnings of them, or `last`; none: choose nothing.

        Raises:
            UnknownNameError: there is no such run.
        """
        self.selected = tuple(run_named(self._session.store, run) for run in runs)

    def compare(self, *runs: str) -> Compare:
        """Return runs side by side: those given, or those that are chosen, the oldest of these first.

        Raises:
            UsageError: fewer than two, or more than five.
        """
        from workbench.widgets.compare import Compare

        begun = {run.id: run.started for run in self._session.store.runs()}
        chosen = sorted((run for run in self.selected if run in begun), key=lambda run: begun[run])
        return Compare(*(runs or chosen))

    def text(self) -> str:
        """Return the first page as a table, and how many there are."""
        found = self.find()
        if not found:
            return self.nothing()
        shown = self.shown()
        rows = [heads(shown), *(row_text(run, shown) for run in found[:PAGE])]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        more = f"; the first {PAGE} of them" if len(found) > PAGE else ""
        chosen = f" Chosen: {', '.join(self.selected)}." if self.selected else ""
        plural = "" if len(found) == 1 else "s"
        return "\n".join([f"{len(found):,} run{plural}{more}.{chosen}", *lines])

    def nothing(self) -> str:
        """Return what is said when no run is found."""
        if self._session.store.runs():
            return "No run is as asked for. Ask for less: Runs() shows all of them."
        return "Nothing has run yet. Start with wb.widgets.RunPipeline(), or: workbench run"

    def shown(self) -> tuple[str, ...]:
        """Return the metrics and parameters that have a column."""
        return values_shown(self.columns, self.sort, self.known())

    def build(self) -> Any:
        """Return the filters, a page of runs, and what compares the chosen ones."""
        from workbench.widgets.runs.view import View

        view = View(self)
        self._at_close(self._session.follow(view.redraw))
        return view.root

    def watch(self, changed: Callable[[], None], *names: str) -> None:
        """Call something when one of the traits changes, for as long as the widget is open."""

        def told(_: Any) -> None:
            changed()

        self.observe(told, list(names))
        self._at_close(lambda: self.unobserve(told, list(names)))

    @validate("sort")  # type: ignore[untyped-decorator]
    def _valid_sort(self, proposal: Any) -> str:
        return check_column(proposal["value"], self.known())

    @validate("selected")  # type: ignore[untyped-decorator]
    def _valid_selection(self, proposal: Any) -> tuple[str, ...]:
        if not all(isinstance(run, str) for run in proposal["value"]):
            raise TraitError("selected holds ids of runs")
        return tuple(dict.fromkeys(proposal["value"]))


def _check(kind: str, name: str, options: set[str]) -> None:
    if name and name not in options:
        raise UnknownNameError(kind, name, options)


def _names(given: object) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else given
    if isinstance(names, Sequence) and all(isinstance(name, str) for name in names):
        return tuple(names)
    raise UsageError(
        f"columns must be names of metrics and parameters, but got {given!r} ({type(given).__name__}).",
        hint='Write them as ["auc", "train.learning_rate"].',
    )


def _moment(given: object) -> datetime | None:
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(given.strip() if isinstance(given, str) else given.isoformat())  # type: ignore[attr-defined] # or it is no date
    except (AttributeError, TypeError, ValueError):
        raise UsageError(
            f"since is {given!r}, which is no date.", hint="Write it as 2026-03-02, or 2026-03-02T06:00."
        ) from None
    return found.astimezone() if found.tzinfo is None else found
