from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest

from tests.registry.models import MODEL
from tests.serving.model.models import project_of, registered, version_of
from workbench.clock import ManualClock, SystemClock
from workbench.errors import UsageError
from workbench.ledger import open_ledger
from workbench.project import Project, load_project
from workbench.registry.model import read_model
from workbench.registry.version import Version
from workbench.rehearsal.comparison import Comparison, Difference, compare
from workbench.serving.batch import Batch
from workbench.serving.log import LogPlace, RequestIds, RowEncoder, Spool, encode_label
from workbench.serving.model import load_served

BEGIN = datetime(2013, 3, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def table(rows: int, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame({"distance": random.uniform(0, 100, rows), "wind": random.uniform(0, 9, rows)})


def truth(data: pd.DataFrame) -> Any:
    return data["distance"] / 2 + data["wind"]


def project_with_two(root: Path, task: str = "regression") -> Project:
    """Return a project whose first version knows only half of the truth."""
    project = project_of(root, task=task)
    for number, columns in enumerate((["wind"], ["distance", "wind"]), 1):
        data = table(500, number)
        data[[str(each) for each in data if each not in columns]] = 0.0
        settings = {"objective": "regression", "verbose": -1, "num_threads": 1}
        model = lightgbm.train(
            settings, lightgbm.Dataset(data, truth(table(500, number))), num_boost_round=20
        )
        registered(project, version_of(project, model, data.head(3), number))
    return project


def version(project: Project, number: int) -> Version:
    ledger = open_ledger(project.layout.ledger_url, SystemClock())
    try:
        return read_model(ledger, MODEL).find(number)
    finally:
        ledger.close()


def answer(project: Project, days: int = 12, label: Any = float) -> None:
    """Let the second version answer 20 rows a day, whose truth comes at once."""
    clock = ManualClock(BEGIN)
    ids, spool = RequestIds(clock), Spool(LogPlace(project.layout.state).spool)
    served = load_served(version(project, 2), project)
    encoder = RowEncoder(MODEL, 2, served.columns, None)
    for day in range(days):
        data = table(20, 100 + day)
        scored = served.score(Batch(list(data.columns), data.to_numpy().tolist()))
        request, at = ids.next()
        spool.append(
            encoder.encode(
                request, at, "champion", "tester", 7, None, list(scored.predictions), list(scored.values)
            )
        )
        for place, value in enumerate(truth(data)):
            known = encode_label(
                MODEL, label(value), received=clock.now(), prediction_id=f"{request}-{place}"
            )
            spool.append(known)
        clock.advance(DAY)
    spool.close()


def compared(project: Project) -> Comparison:
    return compare(version(project, 1), project, since=BEGIN, until=BEGIN + 30 * DAY)


def test_values_are_compared_by_their_errors(tmp_path: Path) -> None:
    """Mean absolute and root mean square error of both, on the same rows, better when lower."""
    project = project_with_two(tmp_path / "shop")
    answer(project)
    data = pd.concat([table(20, 100 + day) for day in range(12)])
    apart = {}
    for number in (1, 2):
        predicted = load_served(version(project, number), project).scorer.score(data)
        apart[number] = predicted - truth(data).to_numpy()
    found = compared(project)
    absolute, root = found.differences
    assert (absolute.metric, root.metric) == ("mae", "rmse")
    assert absolute.first == pytest.approx(np.abs(apart[1]).mean())
    assert absolute.served == pytest.approx(np.abs(apart[2]).mean())
    assert root.first == pytest.approx(np.sqrt((apart[1] ** 2).mean()))
    assert root.served == pytest.approx(np.sqrt((apart[2] ** 2).mean()))
    assert {each.says for each in found.differences} == {"better"}
    assert [week.rows for week in found.weeks] == [140, 100]


def test_what_cannot_be_compared_is_said(tmp_path: Path) -> None:
    """No labels, labels that are no numbers, classes, scores beyond 0 and 1: each one clear error."""
    project = project_with_two(tmp_path / "shop")
    with pytest.raises(UsageError, match="has a label"):
        compared(project)
    answer(project, days=2, label=lambda value: f"about {value:.0f}")
    with pytest.raises(UsageError, match="has a label"):
        compared(project)
    declared = (project.root / "workbench.toml").read_text().replace('"mae"', '"log_loss"')
    with pytest.raises(UsageError, match="only binary and regression models are compared"):
        compared(declared_as(project, declared, "multiclass"))
    answer(project, days=2, label=lambda value: 1)
    with pytest.raises(UsageError, match=r"Nothing can be compared: .* are not probabilities"):
        compared(declared_as(project, declared, "binary"))


def declared_as(project: Project, text: str, task: str) -> Project:
    """Return the project with another task."""
    (project.root / "workbench.toml").write_text(text.replace('"regression"', f'"{task}"'))
    return load_project(project.root)


@pytest.mark.parametrize(
    ("better", "lower", "upper", "says"),
    [
        ("higher", 0.01, 0.03, "better"),
        ("higher", -0.03, -0.01, "worse"),
        ("lower", -0.03, -0.01, "better"),
        ("lower", 0.01, 0.03, "worse"),
        ("lower", -0.01, 0.02, "undecided"),
        ("higher", 0.0, 0.02, "undecided"),
        ("higher", 0.0, 0.0, "equal"),
        ("lower", -np.inf, np.inf, "undecided"),
    ],
)
def test_the_interval_decides_what_is_said(better: str, lower: float, upper: float, says: str) -> None:
    """Whichever way it falls; with nothing on both sides, nothing is claimed."""
    found = Difference("m", 0.5, 0.5, (lower + upper) / 2, lower, upper, better)
    assert found.says == says
    assert (found.to_dict()["lower"] is None) == (not np.isfinite(lower))
