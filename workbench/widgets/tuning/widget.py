"""`Tuning`: a search while it goes on, and what it has found."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from traitlets import Dict, Float, Int

from workbench.errors import UsageError
from workbench.insight.experiments import Importance, importance
from workbench.widgets.shown import Shown
from workbench.widgets.tuning.study import StudySource, is_study

if TYPE_CHECKING:
    import optuna

    from workbench.widgets.tuning.searched import Searched, Source

_EVERY = 0.4  # seconds between two looks at a study, at least
_AT_REST = 15.0  # likewise, at most, when nothing has happened for long
_DEAREST = 20.0  # importance costs seconds: this many times as long passes until it is worked out anew


class Tuning(Shown):
    """A search of parameters: every trial, the best so far, what mattered, what was given up or failed.

    ```python
    tuning = wb.widgets.Tuning()
    display(tuning)
    study.optimize(objective, n_trials=50, callbacks=[tuning])   # or tuning.follow(study) before
    ```

    The view changes while the study goes on in the same cell, from a thread of its own: nothing waits for
    it. Without a study it shows a run's search: a sweep, or the trials that a stage logged.

    Args:
        study_or_run: an `optuna.Study`, or a run's id; the newest run that searched when None.
        entry: of a run: the stage whose trials are meant.

    Attributes:
        best_value: the best value so far, a trait; None before the first trial is complete.
        best_params: its parameters, likewise.
        count: trials so far, likewise.
    """

    best_value = Float(None, allow_none=True)
    best_params = Dict()
    count = Int(0)

    def __init__(self, study_or_run: Any = None, *, entry: str | None = None) -> None:
        super().__init__()
        self._lock = threading.RLock()
        self._found = threading.Event()  # something new to look at
        self._importances: dict[str, tuple[int, Importance, float]] = {}
        self._drawn: Any = None
        self._source = self._source_of(study_or_run, entry)
        if self._source is not None:
            self.look()

    def __call__(self, study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:  # noqa: ARG002 - Optuna's signature
        """Follow a study, as one of its callbacks."""
        self.follow(study)
        self._found.set()

    def follow(self, study: optuna.Study) -> None:
        """Follow a study from now on, whoever optimizes it; `ask` and `tell` do as well as `optimize`.

        Raises:
            UsageError: it is no study.
        """
        if not is_study(study):
            raise _no_study(study)
        with self._lock:
            if isinstance(self._source, StudySource) and self._source.study is study:
                return
            self._source = StudySource(study)
            self._importances.clear()
        self._found.set()

    def look(self) -> Searched | None:
        """Return the search as it stands, and bring the traits to it; None when there is none."""
        source = self._source
        if source is None:
            return None
        found = source.look()
        best = found.best(found.goal) if found.goal else None
        self.count = len(found.trials.trials)
        self.best_params = dict(best.parameters) if best else {}
        self.best_value = best.metrics[found.goal] if best else None
        return found

    def importance(self, goal: str | None = None) -> Importance:
        """Return how much each parameter mattered for what was looked for; see `workbench.insight`.

        Raises:
            UsageError: nothing was searched.
        """
        found = self.look()
        if found is None:
            raise _nothing()
        return self.importance_of(found, goal or found.goal)

    def importance_of(self, found: Searched, goal: str, *, in_a_hurry: bool = False) -> Importance:
        """Return the same of a search that was looked at.

        Args:
            found: the search.
            goal: the metric.
            in_a_hurry: whether an older answer will do while working out costs more than a twentieth of
                the time.
        """
        done = found.complete()
        known = self._importances.get(goal)
        if known is not None and (
            known[0] == len(done.trials) or (in_a_hurry and time.monotonic() < known[2])
        ):
            return known[1]
        import sklearn.ensemble  # noqa: F401 - its import is no part of what the next answer will cost

        begin = time.thread_time()
        told = importance(done, goal)
        took = time.thread_time() - begin
        self._importances[goal] = (len(done.trials), told, time.monotonic() + _DEAREST * took)
        return told

    def text(self) -> str:
        """Return what was found, in words."""
        from workbench.widgets.tuning.words import said

        found = self.look()
        if found is None:
            return str(_nothing())
        return said(found, self.importance_of(found, found.goal) if found.goal else None)

    def build(self) -> Any:
        """Return the view, and follow what it shows."""
        from workbench.widgets.tuning.view import View

        drawn = self._drawn = View(self)
        ended = threading.Event()
        self._at_close(ended.set)
        self._at_close(self._found.set)
        threading.Thread(target=self._watch, args=(drawn, ended), name="widgets tuning", daemon=True).start()
        return drawn.panel

    def __repr__(self) -> str:
        best = "" if self.best_value is None else f", best {self.best_value:.6g}"
        return f"<Tuning {self.count} trials{best}>"

    def _source_of(self, given: Any, entry: str | None) -> Source | None:
        if is_study(given):
            return StudySource(given)
        run = getattr(given, "id", given)  # a run's summary, as other widgets hold it
        if run is not None and not isinstance(run, str):
            raise _no_study(given)
        from workbench.widgets.session import session
        from workbench.widgets.tuning.of_run import RunSource

        try:
            return RunSource(session(), run, entry)
        except UsageError:
            if run is None and entry is None:  # it will be told whom to follow
                return None
            raise

    def _watch(self, drawn: Any, ended: threading.Event) -> None:
        """Draw whatever is new until the widget is closed; a study that rests is looked at less often."""
        last = time.monotonic()
        while not ended.is_set():
            self._found.wait(min(_AT_REST, max(_EVERY, (time.monotonic() - last) / 20)))
            self._found.clear()
            if ended.is_set():
                return
            if drawn.draw():
                last = time.monotonic()
            ended.wait(_EVERY)


def _no_study(given: Any) -> UsageError:
    return UsageError(
        f"Tuning takes an Optuna study or a run's id, but got {type(given).__name__}.",
        hint="Tuning(study), Tuning('RUN'), or Tuning() for the newest run that searched.",
    )


def _nothing() -> UsageError:
    return UsageError(
        "Nothing was searched yet.",
        hint="Give it a study: study.optimize(objective, n_trials=50, callbacks=[tuning])",
    )
