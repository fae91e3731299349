"""Unknown keys and wrong values in `workbench.toml`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project.declared import GOOD, refused

TYPES = [  # text in GOOD, its replacement, the key, parts of the message and hint
    (
        'notebook = "notebooks/04',
        'notbook = "notebooks/04',
        "stages.train.notbook",
        "unknown key",
        "'notebook'",
    ),
    ("timeout =", "time_out =", "stages.features.time_out", "unknown key", "'timeout'"),
    ("[pipelines.training]", "[pipeline.training]", "pipeline", "unknown key", "'pipelines'"),
    ("policy =", "polcy =", "models.flight-delay.promotion.polcy", "unknown key", "'policy'"),
    ("seed = 7", "xyzzy = 7", "project.xyzzy", "unknown key", "description, name, seed"),
    ("seed = 7", "seed = true", "project.seed", "expected a whole number, but got true", "Correct"),
    ("seed = 7", "seed = -1", "project.seed", "expected at least 0, but got -1", "Correct"),
    ('name = "flights"', "", "project.name", "is missing", "Add name"),
    ('name = "flights"', 'name = ""', "project.name", "expected a name", "Correct"),
    ('[project]\nname = "flights"\nseed = 7', "", "project", "[project] is missing", "Add it"),
    ('"20m"', "20", "stages.features.timeout", "with its unit, like '5s' or '20m', but got 20", "Correct"),
    ('"20m"', '"20"', "stages.features.timeout", "expected a duration like", "Correct"),
    ('"20m"', '"0s"', "stages.features.timeout", "expected more than", "Correct"),
    (
        "retries = 1",
        "retries = 1.5",
        "stages.features.retries",
        "expected a whole number, but got 1.5",
        "Correct",
    ),
    (
        "retries = 1",
        'retries = "1"',
        "stages.features.retries",
        'expected a whole number, but got "1"',
        "Correct",
    ),
    ('["features"]', '"features"', "stages.features.outputs", "expected a list", 'Write ["features"]'),
    ('["features"]', "[5]", "stages.features.outputs[0]", "expected a text in quotes, but got 5", "Correct"),
    ('["features"]', '["a/b"]', "stages.features.outputs[0]", "expected a name of letters", "Correct"),
    (
        "{ horizon_minutes = 30 }",
        "30",
        "stages.features.parameters",
        "expected a table, but got 30",
        "Correct",
    ),
    ("[stages.ingest]", '[stages."in gest"]', 'stages."in gest"', "expected a name of letters", "Correct"),
    ('"binary"', '"binry"', "models.flight-delay.task", "'binary', 'multiclass' or 'regression'", "'binary'"),
    ('"automatic"', '"never"', "models.flight-delay.promotion.policy", "'four-eyes'", "automatic, four-eyes"),
    ('"0 3 * * 1"', '"daily"', "pipelines.training.schedule", "expected five cron fields", "Correct"),
    ('"notebooks/04_train.ipynb"', '"04.py"', "stages.train.notebook", "an .ipynb file", "Correct"),
    ('"notebooks/04_train.ipynb"', '"../x.ipynb"', "stages.train.notebook", "inside the project", "Correct"),
    ("flight-delay@champion", "flight-delay@best", "stages.train.inputs[1]", "MODEL@champion", "Correct"),
]


@pytest.mark.parametrize(("old", "new", "key", "message", "hint"), TYPES)
def test_a_wrong_key_or_value_is_named(
    folder: Path, old: str, new: str, key: str, message: str, hint: str
) -> None:
    """The message names file and key, what was got and what was expected; the hint the nearest name."""
    error = refused(folder, GOOD.replace(old, new, 1))
    assert error.key == key
    assert key in error.message
    assert str(folder / "workbench.toml") in error.message
    assert message in error.message
    assert hint in error.hint
