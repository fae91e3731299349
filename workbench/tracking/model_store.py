"""Saves and loads models as MLflow folders whose bytes are checked before anything is built from them."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from workbench.data.digest import digest_folder, verify_files
from workbench.data.record import OutputRecord
from workbench.errors import UsageError
from workbench.tracking.flavours import TEXT, Flavour, Recorded, flavour_for, flavour_named
from workbench.tracking.manifest import MANIFEST, check_manifest, refused
from workbench.tracking.trust import NO_TRUST, Trust

_IMPORTED_AS = {"scikit-learn": "sklearn"}
_INSTALLED_FROM = {"xgboost": ("xgboost", "xgboost-cpu"), "torch": ("torch", "pytorch")}
_MOST_CLASSES = 1000


class Beside(Protocol):
    """What is kept among a model's files and is none of its library's."""

    def write(self, folder: Path) -> str:
        """Write files into a folder of their own in the model's; return the digest of what they say."""


def save_model(
    model: Any,
    folder: Path,
    *,
    example: Any = None,
    name: str,
    trust: Trust = NO_TRUST,
    beside: Beside | None = None,
) -> OutputRecord:
    """Save a model with its signature, requirements and example, without pickle.

    LightGBM is stored as text, scikit-learn's estimators and pipelines by skops, XGBoost and CatBoost as
    their own JSON, ONNX as its graph. Whatever else predicts would have to be pickled, and is only where
    `trust` allows it.

    Args:
        model: a fitted model; of a LGBMModel the Booster is kept.
        folder: a missing folder, or an empty one.
        example: a few rows that the model predicts on; further columns are left out.
        name: the output's name.
        trust: what the project allows models to hold.
        beside: what else belongs to the model, such as a reference; its files become files of the model.

    Returns:
        A record of kind `model`; `stored` says in which form. The fingerprint covers the model's content,
        its signature and what is beside it: training again with the same data, parameters and seed gives
        the same one.

    Raises:
        UsageError: the model cannot be stored, is not fitted, or cannot predict the example.
    """
    flavour, native = flavour_for(model, trust)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow's advice on integer columns: a stage decides its own types
        rows, signature, predicted = _described(flavour, native, example)
        described = {
            "signature": signature if signature is not None else False,
            "input_example": rows,
            "pip_requirements": [_requirement(package) for package in flavour.packages],
        }
        flavour.write(native, folder, described)
    said = beside.write(folder) if beside is not None else ""
    record = _record(flavour, folder, name, signature)
    _name_classes(record, model, booster_only=native is not model)
    _fingerprint(record, flavour, folder, said)
    if predicted is not None and flavour.stored != TEXT:
        _check_stored(flavour, load_model(record, folder, trust=trust), rows, predicted)
    return record


def load_model(record: Mapping[str, Any], root: Path | None = None, *, trust: Trust = NO_TRUST) -> Any:
    """Load a model after checking every byte of its folder.

    Args:
        record: of kind `model`.
        root: the model's folder; that of the record when None.
        trust: what the project allows models to hold; what the folder says of that is not asked.

    Raises:
        IntegrityError: a file differs from its record, or the folder would run code when loaded.
        UsageError: its library is not installed, or it is a pickle and those are not allowed.
    """
    folder = verify_model(record, root)
    flavour = _flavour(record, folder, trust)
    _check_installed(flavour)
    return flavour.read(Recorded(folder, record["files"]))


def verify_model(record: Mapping[str, Any], root: Path | None = None) -> Path:
    """Check a model's folder without parsing the model; return the folder.

    Raises:
        IntegrityError: a file is missing, unexpected or different, or loading it would run code.
    """
    folder = Path(root if root is not None else record["uri"])
    flavour = _flavour(record, folder, NO_TRUST)
    paths = {file["path"] for file in record["files"]}
    for path in filter(None, (MANIFEST, flavour.file)):
        if path not in paths:
            raise refused(folder, f"its record names no {path}", sorted(paths))
    verify_files(folder, record["files"])
    manifest = Recorded(folder, record["files"]).read(MANIFEST)
    check_manifest(folder, manifest, paths, flavour)
    return folder


def _flavour(record: Mapping[str, Any], folder: Path, trust: Trust) -> Flavour:
    name, stored = record.get("flavour", ""), record.get("stored", "text")
    flavour = flavour_named(name, stored, trust)
    if flavour is None:
        raise refused(folder, "its flavour is not on the list of allowed ones", f"{name} stored as {stored}")
    return flavour


def _record(flavour: Flavour, folder: Path, name: str, signature: Any) -> OutputRecord:
    return OutputRecord(
        kind="model",
        name=name,
        fingerprint="",
        flavour=flavour.name,
        stored=flavour.stored,
        files=[{"path": f.path, "size": f.size, "sha256": f.sha256} for f in digest_folder(folder)],
        uri=str(folder),
        signature=signature.to_dict() if signature is not None else None,
    )


def _name_classes(record: OutputRecord, model: Any, *, booster_only: bool) -> None:
    """Keep what the classes are called when what is stored only counts them."""
    classes = getattr(model, "classes_", None)
    if not booster_only or classes is None or len(classes) > _MOST_CLASSES:
        return
    names = [each if isinstance(each, str | int | float) else str(each) for each in classes.tolist()]
    if names != list(range(len(names))):
        record["classes"] = names


def _fingerprint(record: OutputRecord, flavour: Flavour, folder: Path, beside: str) -> None:
    meaning: dict[str, Any] = {
        key: record[key] for key in ("flavour", "signature", "classes") if key in record
    }
    meaning |= {"beside": beside} if beside else {}
    text = json.dumps(meaning, sort_keys=True).encode()
    record["fingerprint"] = hashlib.sha256(text + b"\0" + flavour.meaning(folder)).hexdigest()


def _described(flavour: Flavour, native: Any, example: Any) -> tuple[Any, Any, Any]:
    """Return the example's rows as the model takes them, the signature that they give, the predictions."""
    if example is None:
        return None, None, None
    from mlflow.models import infer_signature

    rows = example.to_pandas() if hasattr(example, "to_pandas") else example
    features = flavour.columns(native)
    if features and hasattr(rows, "columns") and set(features) <= set(rows.columns):
        rows = rows[features]
    try:
        predicted = flavour.predict(native, rows)
    except Exception as error:
        columns = f" with the columns that it was trained on: {', '.join(features)}" if features else ""
        said = getattr(error, "message", error)
        raise UsageError(
            f"The model cannot predict the example that was given with it: {said}",
            hint=f"Give a few rows{columns}.",
        ) from error
    return rows, infer_signature(rows, predicted), predicted


def _check_stored(flavour: Flavour, stored: Any, rows: Any, predicted: Any) -> None:
    """Hold what was stored to what was trained: state outside an object's attributes would be lost."""
    import numpy as np

    again, before = np.asarray(flavour.predict(stored, rows)), np.asarray(predicted)
    numbers = again.dtype.kind in "fc" and before.dtype.kind in "fc"
    same = np.allclose(again, before, equal_nan=True) if numbers else np.array_equal(again, before)
    if not same:
        raise UsageError(
            f"As it was stored, the {flavour.name} model predicts otherwise than before: "
            f"{again.ravel()[:3].tolist()} instead of {before.ravel()[:3].tolist()}.",
            hint="A class of your own keeps state that is no attribute; make it one.",
        )


def _requirement(package: str) -> str:
    for name in _INSTALLED_FROM.get(package, (package,)):
        try:
            return f"{name}=={version(name)}"
        except PackageNotFoundError:
            continue
    return package


def _check_installed(flavour: Flavour) -> None:
    missing = [p for p in flavour.packages if find_spec(_IMPORTED_AS.get(p, p)) is None]
    if missing:
        raise UsageError(
            f"This is a {flavour.name} model, and {', '.join(missing)} is not installed here.",
            hint=f"Install it: pip install {' '.join(missing)} (the model's requirements.txt says which "
            "version it was saved with).",
        )
