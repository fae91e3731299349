"""Models are kept as text, with everything needed to use them, and loaded only as they were saved."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import polars as pl
import pytest
import yaml

from workbench.data.digest import digest_folder
from workbench.data.record import OutputRecord
from workbench.errors import IntegrityError, UsageError
from workbench.tracking.model_store import load_model, save_model, verify_model

CARRIERS = ["UA", "AA", "DL"]


def frame(rows: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    carriers = pd.Categorical(rng.choice(CARRIERS, rows), categories=CARRIERS)
    return pd.DataFrame(
        {"hour": rng.integers(0, 24, rows), "wind": rng.normal(size=rows), "carrier": carriers}
    )


def train(seed: int = 1, rounds: int = 10) -> lightgbm.Booster:
    table = frame()
    late = (table["hour"] > 12) & (table["carrier"] != "DL")
    settings = {
        "objective": "binary",
        "verbose": -1,
        "seed": seed,
        "bagging_fraction": 0.5,
        "bagging_freq": 1,
    }
    return lightgbm.train(settings, lightgbm.Dataset(table, late), num_boost_round=rounds)


@pytest.fixture(scope="module")
def booster() -> lightgbm.Booster:
    return train()


@pytest.fixture(scope="module")
def saved(booster: lightgbm.Booster, tmp_path_factory: pytest.TempPathFactory) -> OutputRecord:
    return save_model(
        booster, tmp_path_factory.mktemp("model") / "candidate", example=frame(3), name="candidate"
    )


@pytest.fixture
def copied(saved: OutputRecord, tmp_path: Path) -> OutputRecord:
    """The saved model in a folder of its own, free to be damaged."""
    shutil.copytree(Path(str(saved["uri"])), tmp_path / "model")
    record = saved.copy()
    record["uri"] = str(tmp_path / "model")
    return record


def test_a_loaded_model_predicts_the_same(saved: OutputRecord, booster: lightgbm.Booster) -> None:
    """Bit for bit, through our loader and through MLflow's own, with string categories kept."""
    import mlflow.lightgbm

    table = frame()
    expected = booster.predict(table)
    ours = load_model(saved)
    assert np.array_equal(ours.predict(table), expected)
    assert ours.pandas_categorical == [CARRIERS]
    assert np.array_equal(mlflow.lightgbm.load_model(saved["uri"]).predict(table), expected)


def test_mlflows_own_page_of_a_model_is_complete(saved: OutputRecord, booster: lightgbm.Booster) -> None:
    """Signature, example and pinned requirements; the model itself is text, and nothing is pickled."""
    from mlflow.models import Model

    folder = Path(str(saved["uri"]))
    model = Model.load(str(folder))
    assert [column.name for column in model.signature.inputs] == ["hour", "wind", "carrier"]
    example = model.load_input_example(str(folder))
    assert example["carrier"].tolist() == frame(3)["carrier"].tolist()
    requirements = (folder / "requirements.txt").read_text().split()
    assert {line.partition("==")[0] for line in requirements} == {"lightgbm", "mlflow", "numpy", "pandas"}
    assert all("==" in line for line in requirements)
    assert (folder / "model.lgb").read_text().startswith("tree\n")
    assert not [path for path in folder.rglob("*") if path.suffix in {".pkl", ".skops", ".py"}]


def test_a_record_names_every_file(saved: OutputRecord) -> None:
    """Kind, flavour, signature, and digests of all that the folder holds."""
    folder = Path(str(saved["uri"]))
    assert (saved["kind"], saved["name"], saved["flavour"]) == ("model", "candidate", "lightgbm")
    assert [file["path"] for file in saved["files"]] == [file.path for file in digest_folder(folder)]
    assert "carrier" in saved["signature"]["inputs"]


def test_training_again_gives_the_same_fingerprint(saved: OutputRecord, tmp_path: Path) -> None:
    """The same data, settings and seed are the same model; another seed or round is another."""
    same = save_model(train(), tmp_path / "same", example=frame(3), name="again")
    other = save_model(train(seed=2), tmp_path / "seed", example=frame(3), name="candidate")
    longer = save_model(train(rounds=11), tmp_path / "rounds", example=frame(3), name="candidate")
    assert same["fingerprint"] == saved["fingerprint"]
    assert len({saved["fingerprint"], other["fingerprint"], longer["fingerprint"]}) == 3


def test_an_example_may_hold_more_and_in_another_order(saved: OutputRecord, tmp_path: Path) -> None:
    """Whatever the model was not trained on is left out: a table of features with its target will do."""
    table = frame(3)[["carrier", "wind", "hour"]].assign(late=[True, False, True])
    record = save_model(train(), tmp_path / "model", example=table, name="candidate")
    assert record["signature"] == saved["signature"]


def test_an_example_may_come_from_polars(tmp_path: Path) -> None:
    """A Polars table is turned into what the model predicts on."""
    table = frame().drop(columns="carrier")
    model = lightgbm.train(
        {"objective": "regression", "verbose": -1}, lightgbm.Dataset(table, table["wind"]), 2
    )
    record = save_model(model, tmp_path / "model", example=pl.from_pandas(table).head(2), name="m")
    assert "wind" in record["signature"]["inputs"]


def test_a_model_without_an_example_has_no_signature(tmp_path: Path) -> None:
    """Nothing is made up."""
    record = save_model(train(), tmp_path / "model", name="candidate")
    assert record["signature"] is None
    assert load_model(record).num_trees() == 10


def test_of_a_scikit_learn_style_model_the_booster_is_kept(tmp_path: Path) -> None:
    """Its text loads as a Booster that predicts the same."""
    table = frame()
    model = lightgbm.LGBMRegressor(n_estimators=3, verbose=-1).fit(table, table["wind"])
    record = save_model(model, tmp_path / "model", example=table.head(2), name="m")
    assert np.array_equal(load_model(record).predict(table), model.predict(table))


class Unknown:
    """Predicts, but belongs to no library that is stored."""

    def predict(self, rows: Any) -> Any:
        return rows


REFUSED: list[tuple[Callable[[], Any], Any, str]] = [
    (Unknown, None, "cannot be saved"),
    (lightgbm.LGBMClassifier, None, "not fitted"),
    (train, pd.DataFrame({"hour": [1]}), "cannot predict the example.*\n.*hour, wind, carrier"),
]


@pytest.mark.parametrize(("make", "example", "message"), REFUSED)
def test_what_cannot_be_stored_is_refused(
    make: Callable[[], Any], example: Any, message: str, tmp_path: Path
) -> None:
    """One clear error, and no folder is begun."""
    with pytest.raises(UsageError, match=message):
        save_model(make(), tmp_path / "model", example=example, name="m")
    assert not (tmp_path / "model").exists()


def test_one_flipped_bit_anywhere_is_refused_before_parsing(copied: OutputRecord) -> None:
    """Sixty random bits over all files: the error names the file, and LightGBM never sees it."""
    rng = random.Random(7)
    folder = Path(str(copied["uri"]))
    for _ in range(60):
        path = folder / rng.choice(copied["files"])["path"]
        content = path.read_bytes()
        damaged = bytearray(content)
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(IntegrityError, match=path.name):
            load_model(copied)
        path.write_bytes(content)
    assert load_model(copied).num_trees() == 10


DAMAGES: list[tuple[str, Callable[[Path], Any]]] = [
    ("model.lgb", lambda folder: (folder / "model.lgb").unlink()),
    ("model.lgb", lambda folder: (folder / "model.lgb").write_bytes(b"")),
    ("MLmodel", lambda folder: (folder / "MLmodel").unlink()),
    ("extra.py", lambda folder: (folder / "extra.py").write_text("import os")),
]


@pytest.mark.parametrize(("name", "damage"), DAMAGES)
def test_a_missing_or_added_file_is_refused(
    copied: OutputRecord, name: str, damage: Callable[[Path], Any]
) -> None:
    """The folder holds exactly what was recorded, or nothing of it is used."""
    damage(Path(str(copied["uri"])))
    with pytest.raises(IntegrityError, match=name):
        verify_model(copied)


def _loader(manifest: dict[str, Any]) -> None:
    manifest["flavors"]["python_function"]["loader_module"] = "evil"


def _code(manifest: dict[str, Any]) -> None:
    manifest["flavors"]["lightgbm"]["code"] = "code"


def _python_code(manifest: dict[str, Any]) -> None:
    manifest["flavors"]["python_function"]["code"] = "code"


def _pickled(manifest: dict[str, Any]) -> None:
    manifest["flavors"]["lightgbm"]["model_class"] = "lightgbm.sklearn.LGBMClassifier"


def _elsewhere(manifest: dict[str, Any]) -> None:
    manifest["flavors"]["lightgbm"]["data"] = "../../other.lgb"


def _sklearn(manifest: dict[str, Any]) -> None:
    manifest["flavors"]["sklearn"] = {"pickled_model": "model.pkl"}


@pytest.mark.parametrize("tamper", [_loader, _code, _python_code, _pickled, _elsewhere, _sklearn])
def test_a_folder_that_would_run_code_is_refused_even_with_right_digests(
    copied: OutputRecord, tamper: Callable[[dict[str, Any]], None]
) -> None:
    """A record made for it does not help: only what stage.save writes is ever loaded."""
    folder = Path(str(copied["uri"]))
    manifest = yaml.safe_load((folder / "MLmodel").read_text())
    tamper(manifest)
    (folder / "MLmodel").write_text(yaml.safe_dump(manifest))
    copied["files"] = [{"path": f.path, "size": f.size, "sha256": f.sha256} for f in digest_folder(folder)]
    with pytest.raises(IntegrityError, match="is refused"):
        load_model(copied)


def test_a_record_without_its_model_is_refused(copied: OutputRecord) -> None:
    """A record that names no model file is not one of ours."""
    copied["files"] = [file for file in copied["files"] if file["path"] != "model.lgb"]
    with pytest.raises(IntegrityError, match=r"names no model\.lgb"):
        load_model(copied)
