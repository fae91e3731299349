"""Where a value goes that a stage saves: tables, models, and everything else, each in its own form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.data import OutputRecord
    from workbench.tracking.trust import Trust

_FRAMES = {"pandas", "polars", "pyarrow", "duckdb", "_duckdb"}
_MODELS = {"lightgbm", "sklearn", "xgboost", "catboost", "onnx"}


def keep(
    value: Any,
    folder: Path,
    name: str,
    *,
    example: Any = None,
    reference: Any = None,
    trust: Callable[[], Trust],
) -> OutputRecord:
    """Write a value into an empty folder and return its record.

    Args:
        value: see `Stage.save`.
        folder: missing or empty.
        name: the output's.
        example: for a model: rows that it predicts on.
        reference: for a model: from `wb.reference`.
        trust: says what models may hold, when a model is saved.

    Raises:
        UsageError: the value's type cannot be stored, or a reference is given with what is no model.
    """
    origin = type(value).__module__.partition(".")[0]
    if origin not in _FRAMES and (origin in _MODELS or hasattr(value, "predict")):
        from workbench.tracking.model_store import save_model

        _check_reference(reference, name)
        return save_model(value, folder, example=example, name=name, trust=trust(), beside=reference)
    if reference is not None:
        raise UsageError(
            f"Output {name!r} is no model but a {type(value).__name__}, so no reference can be kept with it.",
            hint="Give reference= where the model is saved: it says what the model was trained on.",
        )
    from workbench.data import stage_artifact, stage_table

    return stage_table(value, folder, name) if origin in _FRAMES else stage_artifact(value, folder, name)


def _check_reference(reference: Any, name: str) -> None:
    from workbench.data.drift import Reference

    if reference is None or isinstance(reference, Reference):
        return
    raise UsageError(
        f"The reference of {name!r} must be made by wb.reference, but got {type(reference).__name__}.",
        hint=f"Write stage.save({name!r}, model, reference=wb.reference(rows, times=when)).",
    )
