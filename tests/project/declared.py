"""A valid `workbench.toml`, to be spoilt in one place by each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.errors import ConfigurationError
from workbench.project import load_project

GOOD = """
[project]
name = "flights"
seed = 7

[stages.ingest]
notebook = "notebooks/01_ingest.ipynb"
outputs = ["flights", "weather"]

[stages.features]
notebook = "notebooks/03_features.ipynb"
inputs = ["flights", "weather"]
outputs = ["features"]
parameters = { horizon_minutes = 30 }
retries = 1
timeout = "20m"

[stages.train]
notebook = "notebooks/04_train.ipynb"
inputs = ["features", "flight-delay@champion"]
outputs = ["candidate"]

[pipelines.training]
stages = ["train", "features", "ingest"]
schedule = "0 3 * * 1"

[models.flight-delay]
task = "binary"
target = "late"
entity = "flight_id"
metric = "log_loss"
trained_by = "train"
sensitive = []
promotion = { policy = "automatic" }

[models.flight-delay.gates]
quality = { metric = "auc", at_least = 0.68 }
champion = { metric = "log_loss", margin = 0.005, block = "1d" }
"""
NOTEBOOKS = ("01_ingest", "03_features", "04_train")


def refused(folder: Path, text: str) -> ConfigurationError:
    """Return the error that loading a folder with this file ends in."""
    (folder / "workbench.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_project(folder)
    return caught.value
