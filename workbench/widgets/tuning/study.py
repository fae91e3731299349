"""An Optuna study in this kernel, looked at while it goes on; each trial that has ended is read once."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Any

from workbench.insight.experiments import Trial
from workbench.widgets.tuning.searched import Searched, varied

if TYPE_CHECKING:
    import optuna

_UNNAMED = "no-name-"  # as Optuna calls a study that nobody has named
_STATES = {
    "COMPLETE": "complete",
    "PRUNED": "pruned",
    "FAIL": "failed",
    "RUNNING": "running",
    "WAITING": "waiting",
}


def is_study(given: Any) -> bool:
    """Whether it is a study of Optuna's."""
    return any(
        kind.__module__.startswith("optuna.") and kind.__name__ == "Study" for kind in type(given).__mro__
    )


class StudySource:
    """Follows a study, whoever optimizes it: this thread, several, or other processes on one storage.

    Args:
        study: the study.
    """

    def __init__(self, study: optuna.Study) -> None:
        self.study = study
        self._ended: dict[int, Trial] = {}
        self._lock = threading.Lock()

    def look(self) -> Searched:
        """Return the study as it stands."""
        names = self._goals()
        trials = self.study.get_trials(deepcopy=False)
        with self._lock:
            found = [self._trial(trial, list(names)) for trial in trials]
        name = self.study.study_name
        about = "the study in this notebook" if name.startswith(_UNNAMED) else f"study {name}"
        return Searched(about, varied(found, list(names)), names)

    def _goals(self) -> dict[str, bool]:
        directions = [direction.name == "MAXIMIZE" for direction in self.study.directions]
        named = self.study.metric_names
        if named is None:
            named = ["value"] if len(directions) == 1 else [f"value {i}" for i in range(len(directions))]
        return dict(zip(named, directions, strict=True))

    def _trial(self, trial: optuna.trial.FrozenTrial, goals: list[str]) -> Trial:
        if trial.number in self._ended:
            return self._ended[trial.number]
        values = trial.values or ()
        metrics = {goal: float(v) for goal, v in zip(goals, values, strict=False) if math.isfinite(v)}
        if trial.datetime_start and trial.datetime_complete:
            metrics["seconds"] = (trial.datetime_complete - trial.datetime_start).total_seconds()
        found = Trial(str(trial.number), _STATES[trial.state.name], dict(trial.params), metrics)
        if trial.state.is_finished():
            self._ended[trial.number] = found
        return found
