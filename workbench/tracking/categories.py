"""Which columns of a LightGBM model are names of things, and how its numbers stand for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from lightgbm import Booster
    from numpy.typing import NDArray


def categories_of(booster: Booster, frame: pd.DataFrame | None = None) -> dict[str, list[Any]]:
    """Return the categories that a Booster learnt, by column; the position of each is its code.

    A Booster keeps the lists in the order of its columns, but not the columns' names. Its text says which
    columns have codes; a column that held one value alone says nothing, and then the types of `frame`
    decide, as LightGBM itself would.

    Raises:
        UsageError: neither tells which columns are meant.
    """
    lists: Sequence[list[Any]] = booster.pandas_categorical or []
    if not lists:
        return {}
    features = booster.feature_name()
    coded, silent = _columns(booster)
    for names in (coded, [name for name in features if name in {*coded, *silent}]):
        if len(names) == len(lists):
            return dict(zip(names, lists, strict=True))
    typed = [name for name in features if frame is not None and _is_named(frame, name)]
    if len(typed) == len(lists):
        return dict(zip(typed, lists, strict=True))
    raise UsageError(
        f"The model learnt categories of {len(lists)} columns, but which is not clear: its trees have codes "
        f"in {', '.join(coded) or 'none'}, the table's texts are {', '.join(typed) or 'none'}.",
        hint="Give those columns as pandas' category type, the others as numbers.",
    )


def codes(column: pd.Series, categories: Sequence[Any]) -> NDArray[np.float64]:
    """Return each value's code; NaN, which LightGBM takes as missing, for what was never learnt."""
    import numpy as np
    import pandas as pd

    found = pd.Index(categories).get_indexer(pd.Index(column.astype(object)))
    return np.where(found < 0, np.nan, found).astype(np.float64)


def matrix(
    frame: pd.DataFrame, features: Sequence[str], known: Mapping[str, Sequence[Any]]
) -> NDArray[np.float64]:
    """Return a table as the numbers that a Booster takes, shape (rows, features).

    Raises:
        UsageError: a column is missing, or holds what is no number.
    """
    import numpy as np

    missing = [name for name in features if name not in frame.columns]
    if missing:
        raise UsageError(
            f"The table lacks {', '.join(missing)}, which the model was trained on.",
            hint=f"Give all of its {len(features)} columns; further ones are left out.",
        )
    table = np.empty((len(frame), len(features)), dtype=np.float64)
    for place, name in enumerate(features):
        column = frame[name]
        table[:, place] = codes(column, known[name]) if name in known else _numbers(column)
    return table


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    import numpy as np

    try:
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"Column {column.name!r} holds {column.dtype}, but the model learnt numbers there: {error}",
            hint="Convert it as the training stage does.",
        ) from error


def _columns(booster: Booster) -> tuple[list[str], list[str]]:
    """Return the columns with codes, and those that never varied, by what the model's text says of each."""
    head = booster.model_to_string(num_iteration=1).partition("\n\n")[0]
    line = next((each for each in head.splitlines() if each.startswith("feature_infos=")), "")
    pairs = list(zip(booster.feature_name(), line.partition("=")[2].split(), strict=False))
    coded = [name for name, told in pairs if not told.startswith("[") and told != "none"]
    return coded, [name for name, told in pairs if told == "none"]


def _is_named(frame: pd.DataFrame, name: str) -> bool:
    import pandas as pd

    return name in frame.columns and not pd.api.types.is_numeric_dtype(frame[name])
