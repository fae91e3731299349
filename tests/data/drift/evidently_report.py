"""What Evidently itself says of two tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

NUMBERS = ("psi", "jensenshannon", "wasserstein", "ks")
NAMES = ("psi", "jensenshannon", "chisquare")


def evidently(method: str, reference: pd.DataFrame, window: pd.DataFrame) -> dict[str, tuple[float, bool]]:
    """Return each column's drift score by a method, and whether Evidently calls it drifted."""
    from evidently import DataDefinition, Dataset, Report
    from evidently.metrics import ValueDrift

    names = [str(each) for each in reference if not pd.api.types.is_numeric_dtype(reference[each])]
    numbers = [str(each) for each in reference if each not in names]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=names)
    sides = [Dataset.from_pandas(each, data_definition=definition) for each in (window, reference)]
    metrics: list[Any] = [ValueDrift(column=each, method=method) for each in reference]
    said = Report(metrics, include_tests=True).run(*sides).dict()
    scores = {each["id"]: (each["config"]["column"], float(each["value"])) for each in said["metrics"]}
    found = {}
    for test in said["tests"]:
        column, score = scores[test["metric_config"]["metric_id"]]
        found[column] = (score, test["status"].value == "FAIL")
    return found
