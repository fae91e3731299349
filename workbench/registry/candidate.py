"""The model that is judged: scored anew by gates that change rows, timed, weighed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from workbench.data.drift.store import FOLDER

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from workbench.tracking.scorer import Scorer, Task

    Floats = NDArray[np.float64]


class Candidate:
    """A model as gates see it; it is loaded when the first of them asks for more than its size.

    Args:
        load: returns the native model.
        task: binary, multiclass or regression.
        files: those of its record; a reference is no part of what has to be loaded to answer.
        predict: rows → scores, where the model itself cannot take the rows as they are.
    """

    def __init__(
        self,
        load: Callable[[], Any],
        *,
        task: str,
        files: Sequence[Mapping[str, Any]] = (),
        predict: Callable[[pd.DataFrame], Any] | None = None,
    ) -> None:
        self._load = load
        self._task = cast("Task", task)
        self._predict = predict
        self.size = sum(int(file["size"]) for file in files if not file["path"].startswith(f"{FOLDER}/"))

    @cached_property
    def _scorer(self) -> Scorer:
        from workbench.tracking.scorer import Scorer

        return Scorer(self._load(), self._task)

    def features(self, rows: pd.DataFrame) -> list[str]:
        """Return which of the rows' columns the model reads; all of them when it does not say."""
        known = self._scorer.columns or list(rows.columns)
        return [name for name in known if name in rows]

    def score(self, rows: pd.DataFrame) -> Floats:
        """Return the scores of rows: probabilities of 1, one column per class, or values."""
        import numpy as np

        if self._predict is not None:
            return np.asarray(self._predict(rows), dtype=np.float64)
        return self._scorer.score(rows)

    def one_by_one(self, rows: pd.DataFrame) -> Callable[[int], object]:
        """Return a function that scores the row of a number; what can be made ready before, is."""
        if self._predict is None and self._scorer.is_booster:
            matrix, booster = self._scorer.matrix(rows), self._scorer.model
            return lambda row: booster.predict(matrix[row : row + 1], num_threads=1)
        return lambda row: self.score(rows.iloc[row : row + 1])

    def importance(self, rows: pd.DataFrame) -> dict[str, float]:
        """Return, for each feature, its share in how far scores move when that feature is shuffled."""
        import numpy as np
        import pandas as pd

        random, features = np.random.default_rng(0), self.features(rows)
        shuffled = [
            rows.assign(**{name: rows[name].array.take(random.permutation(len(rows)))}) for name in features
        ]
        scores = self.score(pd.concat([rows, *shuffled], ignore_index=True))  # one call costs least
        before, *after = np.split(scores, len(features) + 1)
        moved = [float(np.abs(each - before).mean()) for each in after]
        total = sum(moved)
        return {name: way / total if total > 0 else 0.0 for name, way in zip(features, moved, strict=True)}
