"""Every kind of model is stored without pickle, comes back as it was, and is refused when touched."""

from __future__ import annotations

import pickle
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from tests.tracking.kinds import FURTHER, KINDS, Kind, booster, fitted, installed, table, truth
from workbench.data import Datasets, stage_table
from workbench.data.digest import digest_folder
from workbench.data.record import OutputRecord
from workbench.errors import IntegrityError, UsageError
from workbench.tracking.model_store import load_model, save_model
from workbench.tracking.scorer import Scorer
from workbench.tracking.trust import Trust


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_comes_back_as_it_was(kind: Kind, tmp_path: Path) -> None:
    """The same scores from the loaded model, the same fingerprint for the same training, no pickle."""
    model = kind.train()
    record = save_model(model, tmp_path / "a", example=table(3), name="m")
    again = save_model(kind.train(), tmp_path / "b", example=table(3), name="m")
    assert record["stored"] == kind.stored
    assert record["fingerprint"] == again["fingerprint"]
    loaded = load_model(record)
    before, after = (Scorer(each, kind.task).score(table()) for each in (model, loaded))  # type: ignore[arg-type]
    assert np.array_equal(before, after)
    assert not [path for path in (tmp_path / "a").rglob("*") if path.suffix in {".pkl", ".py"}]


@pytest.mark.parametrize("name", FURTHER)
def test_a_further_library_is_stored_as_its_own_text_or_said_to_be_missing(name: str, tmp_path: Path) -> None:
    """Where it is installed the model comes back; where it is not, the error says what to install."""
    train, stored = FURTHER[name]
    if not installed(name):
        record = _forged(name, stored, tmp_path / "model")
        with pytest.raises(UsageError, match=f"{name}.* not installed here(?s:.)*pip install"):
            load_model(record)
        return
    rows = table()[["hour", "wind"]]
    record = save_model(train(), tmp_path / "a", example=rows.head(3), name="m")
    again = save_model(train(), tmp_path / "b", example=rows.head(3), name="m")
    assert (record["flavour"], record["stored"]) == (name, stored)
    assert record["fingerprint"] == again["fingerprint"]
    scores = Scorer(load_model(record), "binary").score(rows)
    assert np.allclose(scores, Scorer(train(), "binary").score(rows))


def _forged(name: str, stored: str, folder: Path) -> OutputRecord:
    """Return a record as a machine with the library would have made it."""
    said: dict[str, dict[str, Any]] = {
        "xgboost": {"model_class": "xgboost.core.Booster", "model_format": "json", "data": "model.json"},
        "catboost": {"model_type": "CatBoostClassifier", "save_format": "json", "data": "model.cb"},
        "onnx": {"data": "model.onnx"},
    }
    folder.mkdir()
    (folder / said[name]["data"]).write_text("{}")
    python = {"loader_module": f"mlflow.{name}", "data": said[name]["data"]}
    manifest = {"flavors": {name: said[name], "python_function": python}}
    (folder / "MLmodel").write_text(yaml.safe_dump(manifest))
    record = OutputRecord(kind="model", name="m", flavour=name, stored=stored, uri=str(folder))
    return _recorded(record)


def _recorded(record: OutputRecord) -> OutputRecord:
    """Return a record whose digests are right, whatever is in the folder."""
    made = record.copy()
    found = digest_folder(str(record["uri"]))
    made["files"] = [{"path": f.path, "size": f.size, "sha256": f.sha256} for f in found]
    return made


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> OutputRecord:
    """A pipeline of scikit-learn."""
    folder = tmp_path_factory.mktemp("sklearn") / "model"
    return save_model(fitted(LogisticRegression(), "binary"), folder, example=table(3), name="m")


@pytest.fixture
def copied(saved: OutputRecord, tmp_path: Path) -> OutputRecord:
    """The same in a folder of its own, free to be damaged."""
    shutil.copytree(str(saved["uri"]), tmp_path / "model")
    record = saved.copy()
    record["uri"] = str(tmp_path / "model")
    return record


def _lightgbm(folder: Path) -> tuple[Path, Callable[[], Any]]:
    record = save_model(booster("binary"), folder, example=table(3), name="m")
    return folder, lambda: load_model(record)


def _sklearn(folder: Path) -> tuple[Path, Callable[[], Any]]:
    record = save_model(fitted(LogisticRegression(), "binary"), folder, example=table(3), name="m")
    return folder, lambda: load_model(record)


def _parquet(folder: Path) -> tuple[Path, Callable[[], Any]]:
    staged = folder.with_name("staged")
    staged.mkdir()
    datasets = Datasets(folder)
    record = datasets.commit(stage_table(table(), staged, "rows"), staged, {})
    return folder, lambda: datasets.read(record)


@pytest.mark.soak
@pytest.mark.parametrize("make", [_lightgbm, _sklearn, _parquet])
def test_flipped_bits_and_cut_ends_are_refused_before_parsing(
    make: Callable[[Path], tuple[Path, Callable[[], Any]]], tmp_path: Path, soak_count: Callable[[int], int]
) -> None:
    """A thousand of them over the files of a model, its manifest, a dataset: each error names the file."""
    folder, load = make(tmp_path / "kept")
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and "_delta_log" not in p.parts]
    rng, rounds = random.Random(7), soak_count(1000)
    for turn in range(rounds):
        path = rng.choice(files)
        content = path.read_bytes()
        damaged = bytearray(content)
        if turn % 2:
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        else:
            del damaged[rng.randrange(len(damaged)) :]
        path.write_bytes(damaged)
        with pytest.raises(IntegrityError, match=rf"{path.name} is not what was recorded.*was not read"):
            load()
        path.write_bytes(content)
    assert load() is not None
    print(f"{make.__name__[1:]}: {rounds} of {rounds} damages refused")


class Harmful:
    """Runs when it is unpickled."""

    ran = False

    def __reduce__(self) -> tuple[Any, ...]:
        return setattr, (Harmful, "ran", True)


def _manifest(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        manifest = yaml.safe_load((folder / "MLmodel").read_text())
        change(manifest["flavors"])
        (folder / "MLmodel").write_text(yaml.safe_dump(manifest))

    return tamper


def _foreign_loader(flavours: dict[str, Any]) -> None:
    flavours["python_function"]["loader_module"] = "mlflow.pyfunc.model"


def _other_loader(flavours: dict[str, Any]) -> None:
    flavours["python_function"]["loader_module"] = "mlflow.statsmodels"


def _code(flavours: dict[str, Any]) -> None:
    flavours["sklearn"]["code"] = "code"


def _pickle_format(flavours: dict[str, Any]) -> None:
    flavours["sklearn"]["serialization_format"] = "cloudpickle"


def _other_file(flavours: dict[str, Any]) -> None:
    flavours["python_function"]["model_path"] = "other.skops"


def _further_flavour(flavours: dict[str, Any]) -> None:
    flavours["spark"] = {"model_data": "x"}


def _code_folder(folder: Path) -> None:
    (folder / "code").mkdir()
    (folder / "code" / "sitecustomize.txt").write_text("import os")


def _pickle_beside(folder: Path) -> None:
    (folder / "model.pkl").write_bytes(pickle.dumps(Harmful()))


def _pickle_inside(folder: Path) -> None:
    (folder / "model.skops").write_bytes(pickle.dumps(Harmful()))


def _no_yaml(folder: Path) -> None:
    (folder / "MLmodel").write_text("!!python/object/apply:os.system ['true']")


def _foreign_function(folder: Path) -> None:
    """Name the shell in the archive, and have MLmodel vouch for it."""
    import os

    import skops.io

    skops.io.dump(make_pipeline(FunctionTransformer(os.system)), folder / "model.skops")
    _manifest(lambda flavours: flavours["sklearn"].update(skops_trusted_types=["posix.system"]))(folder)


TAMPERS = [
    (_manifest(_foreign_loader), "loader_module"),
    (_manifest(_other_loader), "loader_module"),
    (_manifest(_code), "code of its own"),
    (_manifest(_pickle_format), "serialization_format"),
    (_manifest(_other_file), "another file"),
    (_manifest(_further_flavour), "flavours"),
    (_no_yaml, "no YAML"),
    (_code_folder, "could run"),
    (_pickle_beside, "could run"),
    (_pickle_inside, "no model that skops has written"),
    (_foreign_function, r"nobody has vouched for: posix\.system"),
]


@pytest.mark.parametrize(("tamper", "words"), TAMPERS)
def test_a_forged_folder_with_right_digests_is_refused(
    copied: OutputRecord, tamper: Callable[[Path], None], words: str
) -> None:
    """A record made for it does not help, and nothing in it runs."""
    tamper(Path(str(copied["uri"])))
    with pytest.raises(IntegrityError, match=words):
        load_model(_recorded(copied), trust=Trust(pickle=True))
    assert not Harmful.ran


def test_a_record_that_says_pickle_is_refused_unless_the_project_allows_it(copied: OutputRecord) -> None:
    """Nor can a record turn the text of one flavour into the pickle of another."""
    record = copied.copy()
    record["stored"] = "pickle"
    with pytest.raises(UsageError, match="allow_pickle"):
        load_model(record)
    record["flavour"] = "pyfunc"
    with pytest.raises(IntegrityError, match="flavour is not on the list"):
        load_model(record, trust=Trust(pickle=True))


def test_the_fingerprint_knows_content_not_bytes(saved: OutputRecord, tmp_path: Path) -> None:
    """Written at another time and in another order it is the same; with another weight it is another."""
    from workbench.tracking.flavours.skops_content import content_of

    path = Path(str(saved["uri"])) / "model.skops"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.skops", "w") as new:
        for name in reversed(old.namelist()):
            new.writestr(zipfile.ZipInfo(name, (2001, 1, 1, 0, 0, 0)), old.read(name))
    assert path.read_bytes() != (tmp_path / "b.skops").read_bytes()
    assert content_of(path) == content_of(tmp_path / "b.skops")
    other = fitted(LogisticRegression(C=0.5), "binary")
    record = save_model(other, tmp_path / "other", example=table(3), name="m")
    assert record["fingerprint"] != saved["fingerprint"]


def test_what_does_not_predict_is_no_model(tmp_path: Path) -> None:
    """Whatever the project allows."""
    with pytest.raises(UsageError, match="does not predict"):
        save_model(object(), tmp_path / "model", name="m", trust=Trust(pickle=True))


def test_a_booster_keeps_what_its_classes_are_called(tmp_path: Path) -> None:
    """A LGBMClassifier trained on names is stored as a Booster, which only counts them."""
    import lightgbm

    names = np.where(truth("binary") == 1, "late", "punctual")
    model = lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(table()[["hour", "wind"]], names)
    assert save_model(model, tmp_path / "model", name="m")["classes"] == ["late", "punctual"]
