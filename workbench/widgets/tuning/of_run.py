"""A search that a run made: the entries of a sweep, or the table of trials that a stage logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import UnknownNameError, UsageError
from workbench.insight.experiments import ENTRIES, Trials, is_sweep, read_trials, searched_in, searches
from workbench.widgets.named import run_named
from workbench.widgets.tuning.searched import Searched, more_is_better

if TYPE_CHECKING:
    from workbench.widgets.session import Session

_SIDE = ("seconds", "rounds")  # of a table of trials: what it took, not what was looked for


class RunSource:
    """Follows a run's search.

    Args:
        session: whose project it is.
        run: the run's id, a beginning of it, or `last`; None: of the newest run that searched.
        entry: the stage whose table of trials is meant; None: the only one.

    Raises:
        AccessError: the person may not look.
        UsageError: no run has searched anything, or this one has not.
        UnknownNameError: there is no such run or entry.
    """

    def __init__(self, session: Session, run: str | None = None, entry: str | None = None) -> None:
        self._session = session
        self.run, self.entry = _find(session, run, entry)

    def look(self) -> Searched:
        """Return the search as it stands; of a run that goes on, as far as the ledger tells."""
        self._session.store.refresh()
        trials = read_trials(self._session.store, self._session.person, self.run, self.entry)
        stage = self.entry or next(iter(self._session.store.run(self.run).stages.values())).stage
        what = f"{stage} in run {self.run}" if self.entry else f"sweep {self.run} of {stage}"
        return Searched(what, trials, self._goals(trials, stage))

    def _goals(self, trials: Trials, stage: str) -> dict[str, bool]:
        from workbench.registry.metric import METRICS

        trained = [
            model.metric
            for model in self._session.project.config.models.values()
            if model.trained_by == stage
        ]
        goals = {}
        for name in (name for name in trials.metrics if name not in _SIDE):
            metric = trained[0] if trained and name == "value" else name
            known = METRICS.get(metric)
            goals[name] = known.better == "higher" if known else more_is_better(metric)
        first = [name for name in trained if name in goals]
        return {name: goals[name] for name in [*first, *(name for name in goals if name not in first)]}


def _find(session: Session, run: str | None, entry: str | None) -> tuple[str, str]:
    run = None if run is None else run_named(session.store, run)
    if run is not None and entry is not None:
        return run, entry
    if run is None:
        every = searches(session.store, session.person)
        found = [each for each in every if entry in (None, each.entry)]
        if every and not found:
            names = {each.entry for each in every} - {ENTRIES}
            raise UnknownNameError("stage that logged trials", str(entry), names)
        if not found:
            raise UsageError(
                "No run of this project has searched anything yet.",
                hint="Try combinations (workbench sweep STAGE -p NAME=A,B,C), log a table named trials from "
                "a stage, or give an Optuna study: Tuning(study)",
            )
        return found[0].run.id, found[0].entry
    summary = session.store.run(run)
    if is_sweep(summary):
        return run, ENTRIES
    mine = searched_in(session.store, session.person, run)
    if len(mine) == 1:
        return run, mine[0]
    raise UsageError(
        f"Stages {', '.join(mine)} of run {run} have searched, so which is meant is not clear."
        if mine
        else f"Run {run} has searched nothing: it is no sweep, and none of its stages logged trials.",
        hint=f'Name it: Tuning("{run}", entry="{mine[0]}")'
        if mine
        else "Log them: stage.log_table(trials, 'trials')",
    )
