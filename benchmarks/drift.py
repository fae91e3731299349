"""Drift verdicts on 100,000 rows of 20 columns: from the sorted reference, and by Evidently's preset."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from benchmarks.figure import Figure, interleaved

ROWS, DAYS = 100_000, 7
_REQUIRED = 1 / 20


def measure(rounds: int) -> list[Figure]:
    """Return the time of all verdicts beside that of Evidently's report, which makes them on the way."""
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    from workbench.data.digest import digest_folder
    from workbench.data.drift import drift, load_reference, reference

    trained, window = table(0), table(1)
    happened, seen = moments(0, 60), moments(1, DAYS)
    names = [name for name in trained if trained[name].dtype != float]
    definition = DataDefinition(
        numerical_columns=[name for name in trained if name not in names], categorical_columns=names
    )
    sides = [Dataset.from_pandas(each, data_definition=definition) for each in (window, trained)]

    with TemporaryDirectory() as place:
        folder = Path(place)
        reference(trained, times=happened).write(folder)
        files = [{"path": f.path, "size": f.size, "sha256": f.sha256} for f in digest_folder(folder)]

        def ours() -> float:
            begin = time.perf_counter()
            stored = load_reference({"files": files}, folder)
            assert stored is not None
            found = drift(stored, window, times=seen)
            taken = time.perf_counter() - begin
            assert [each.verdict for each in found] == ["pass"] * len(found)
            return taken

        def theirs() -> float:
            begin = time.perf_counter()
            Report([DataDriftPreset(num_method="wasserstein", cat_method="jensenshannon")]).run(*sides)
            return time.perf_counter() - begin

        value, rival = interleaved(rounds, ours, theirs)
    return [Figure("drift verdicts, 100k x 20", value, "s", "Evidently DataDriftPreset", rival, _REQUIRED)]


def table(seed: int) -> pd.DataFrame:
    """Return 14 columns of numbers, continuous and not, some with holes, and 6 of names."""
    random = np.random.default_rng(seed)
    columns: dict[str, object] = {}
    for place in range(14):
        values = random.normal(place, 1 + place, ROWS) if place % 2 else random.exponential(1 + place, ROWS)
        if place % 4 == 2:
            values = np.round(values)
        if place % 5 == 0:
            values[random.random(ROWS) < 0.05] = np.nan
        columns[f"number {place}"] = values
    for place in range(6):
        many = 3 * 2**place
        chances = np.arange(1, many + 1)
        columns[f"name {place}"] = random.choice(
            [f"n{each}" for each in range(many)], ROWS, p=chances / chances.sum()
        )
    return pd.DataFrame(columns)


def moments(seed: int, days: int) -> pd.Series:
    """Return a moment for each row, spread over some days."""
    random = np.random.default_rng(seed)
    return pd.Timestamp("2013-01-01") + pd.Series(
        pd.to_timedelta(random.integers(0, days * 86_400, ROWS), unit="s")
    )
