from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from tests.tracking.kinds import table, truth
from workbench.errors import IntegrityError, UsageError
from workbench.tracking.model_store import load_model, save_model
from workbench.tracking.trust import Trust


def doubled(values: Any) -> Any:
    """A function of a project's own."""
    return values * 2


def test_what_a_project_has_of_its_own_it_must_name(tmp_path: Path) -> None:
    """The error names the type and the line for workbench.toml; loading asks the same again."""
    rows, y = table()[["hour", "wind"]], truth("regression")
    model = make_pipeline(FunctionTransformer(doubled), LinearRegression()).fit(rows, y)
    own = f"{__name__}.doubled"
    with pytest.raises(UsageError, match=rf'nobody has vouched for: {own}(?s:.)*trusted = \["{own}"\]'):
        save_model(model, tmp_path / "model", example=rows.head(2), name="m")
    assert not (tmp_path / "model").exists()
    trust = Trust((own,))
    record = save_model(model, tmp_path / "model", example=rows.head(2), name="m", trust=trust)
    assert np.array_equal(load_model(record, trust=trust).predict(rows), model.predict(rows))
    with pytest.raises(IntegrityError, match="nobody has vouched for"):
        load_model(record)


def test_pickle_is_refused_until_a_project_allows_it_and_then_said(tmp_path: Path) -> None:
    """A lambda and a statsmodels result need it; their records say so."""
    import statsmodels.api

    rows, y = table()[["hour", "wind"]], truth("regression")
    with_lambda = make_pipeline(FunctionTransformer(lambda v: v), LinearRegression()).fit(rows, y)
    squares = statsmodels.api.OLS(y, rows).fit()
    for name, model in (("sklearn", with_lambda), ("statsmodels", squares)):
        with pytest.raises(UsageError, match=r"nobody has vouched|would have to be pickled"):
            save_model(model, tmp_path / name, example=rows.head(2), name="m")
        allowed = Trust(pickle=True)
        record = save_model(model, tmp_path / name, example=rows.head(2), name="m", trust=allowed)
        assert (record["flavour"], record["stored"]) == (name, "pickle")
        assert np.allclose(load_model(record, trust=allowed).predict(rows), model.predict(rows))
        with pytest.raises(UsageError, match="is a pickle"):
            load_model(record)
