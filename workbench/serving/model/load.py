"""From a registered version to a model that answers, every byte checked on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.place import located
from workbench.errors import UsageError
from workbench.registry.load import load_version
from workbench.serving.batch import Batch
from workbench.serving.model.booster import BoosterPredictor, booster_inputs
from workbench.serving.model.column import Inputs, inputs_of
from workbench.serving.model.example import read_example
from workbench.serving.model.native import NativePredictor, predict_of
from workbench.serving.model.order import Order, Row
from workbench.serving.model.served import Predictor, ServedModel
from workbench.tracking.flavours import PICKLE, Recorded
from workbench.tracking.scorer import Scorer

if TYPE_CHECKING:
    from workbench.project import Project
    from workbench.registry.version import Version


def load_served(version: Version, project: Project) -> ServedModel:
    """Load a version to answer with.

    Args:
        version: registered for a model that the project declares.
        project: its `[models.NAME]` says the task, what is trusted, and what becomes of unknown categories.

    Raises:
        IntegrityError: the stored bytes are not those recorded; nothing of them was parsed.
        UnknownNameError: the project declares no such model.
        UsageError: a library is missing, or the model takes or gives what cannot be served.
        Refused: its own example does not fit it.
    """
    config = project.model(version.model)
    record = located(version.record(), project.root)
    scorer = Scorer(load_version(version, project), config.task)
    example = read_example(record)
    inputs = _inputs(scorer, record, example)
    unknown = config.serving.unknown_category
    predictor = _predictor(scorer, record, inputs, example, refuse_unknown=unknown == "refuse")
    return ServedModel(
        model=version.model,
        version=version.number,
        fingerprint=version.fingerprint,
        inputs=inputs,
        predictor=predictor,
        scorer=scorer,
        example=example,
    )


def _inputs(scorer: Scorer, record: dict[str, Any], example: Batch | None) -> Inputs:
    signed = inputs_of(record.get("signature"), scorer.columns)
    if scorer.is_booster:
        return booster_inputs(scorer.model, signed, _frame(example))
    if signed is None:
        raise UsageError(
            "The model was saved without an example, so nobody knows what its columns hold.",
            hint="Save it with one: stage.save(name, model, example=table.head()).",
        )
    return signed


def _predictor(
    scorer: Scorer, record: dict[str, Any], inputs: Inputs, example: Batch | None, *, refuse_unknown: bool
) -> Predictor:
    if scorer.is_booster:
        rows: Sequence[Row] = Order(inputs).rows(example) if example is not None else ()
        return BoosterPredictor(scorer.model, inputs.columns, refuse_unknown=refuse_unknown, examples=rows)
    if record.get("stored") == PICKLE and record["flavour"] != "sklearn":
        return NativePredictor(_pyfunc(record), scorer, inputs)
    return NativePredictor(predict_of(record["flavour"], scorer.model), scorer, inputs)


def _pyfunc(record: dict[str, Any]) -> Callable[[Any], Any]:
    """Return MLflow's own way to predict, for flavours that put more around a model than its `predict`.

    It is only for pickles, which `load_version` has already built and the project has therefore allowed.
    """
    import mlflow.pyfunc

    with Recorded(Path(record["uri"]), record["files"]).copied() as folder:
        predict: Callable[[Any], Any] = mlflow.pyfunc.load_model(str(folder)).predict
    return predict


def _frame(example: Batch | None) -> Any:
    import pandas as pd

    if example is None or example.columns is None:
        return None
    return pd.DataFrame(example.rows, columns=list(example.columns))
