"""Names in `workbench.toml` that do not fit together."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project.declared import GOOD, refused

TWO_DEFAULTS = """
[pipelines.a]
stages = ["train"]
default = true
[pipelines.b]
stages = ["train"]
default = true
[models.flight-delay]
"""
READ = '["flights", "weather"]\noutputs'
NAMES = [  # text in GOOD, its replacement, the key, parts of the message and hint
    (READ, '["flihgts"]\noutputs', "stages.features.inputs", "no stage writes 'flihgts'", "'flights'"),
    (
        READ,
        '["ingest"]\noutputs',
        "stages.features.inputs",
        "no stage writes",
        "is a stage; its outputs are: flights",
    ),
    (
        '"flight-delay@champion"',
        '"flight-delay"',
        "stages.train.inputs",
        "no stage writes",
        "'flight-delay@champion'",
    ),
    (
        '"flight-delay@champion"',
        '"flight-dely@champion"',
        "stages.train.inputs",
        "no model named",
        "'flight-delay@champion'",
    ),
    ('"flight-delay@champion"', '"features"', "stages.train.inputs", "listed twice", "Take one away"),
    (
        '["candidate"]',
        '["features"]',
        "stages.train.outputs",
        "is written by stage 'features' already",
        "Rename",
    ),
    ('["candidate"]', '["a", "a"]', "stages.train.outputs", "is written twice", "Rename"),
    (
        'outputs = ["flights", "weather"]',
        'inputs = ["candidate"]\noutputs = ["flights", "weather"]',
        "stages.ingest.inputs",
        "circle: ingest → features → train → ingest",
        "'candidate'",
    ),
    (
        '"features", "flight-delay@champion"',
        '"candidate"',
        "stages.train.inputs",
        "circle: train → train",
        "'candidate'",
    ),
    (
        '["train", "features"',
        '["tran", "features"',
        "pipelines.training.stages",
        "no stage named 'tran'",
        "'train'",
    ),
    (
        '["train", "features"',
        '["train", "train"',
        "pipelines.training.stages",
        "listed twice",
        "Take one away",
    ),
    ('["train", "features", "ingest"]', "[]", "pipelines.training.stages", "not empty", "Correct"),
    (
        'trained_by = "train"',
        'trained_by = "trian"',
        "models.flight-delay.trained_by",
        "no stage named",
        "'train'",
    ),
    (
        "04_train.ipynb",
        "04_tran.ipynb",
        "stages.train.notebook",
        "no notebook 'notebooks/04_tran.ipynb'",
        "'notebooks/04_train.ipynb'",
    ),
    (
        "[models.flight-delay.gates]",
        '[environment]\nfiles = ["gone.txt"]\n[models.flight-delay.gates]',
        "environment.files",
        "no file 'gone.txt'",
        "Correct the path",
    ),
    ("[models.flight-delay]", TWO_DEFAULTS, "pipelines.b.default", "'a' is the default already", "Mark one"),
]


@pytest.mark.parametrize(("old", "new", "key", "message", "hint"), NAMES)
def test_names_that_do_not_fit_together_are_named(
    folder: Path, old: str, new: str, key: str, message: str, hint: str
) -> None:
    """Dangling names, two writers, cycles, missing files: one clear error each."""
    error = refused(folder, GOOD.replace(old, new, 1))
    assert error.key == key
    assert message in error.message
    assert hint in error.hint
    assert str(folder / "workbench.toml") in error.message
