"""A stall with a model, a feed and five days to live through once more."""

from __future__ import annotations

import textwrap
from pathlib import Path

from tests.projects import notebook, write_project

ROWS = 24
"""Asked about on each day, one an hour, and labelled five hours later."""

_TRAIN = """
import lightgbm
import numpy as np
import pandas as pd

random = np.random.default_rng(trees)
table = pd.DataFrame({"hour": random.integers(0, 24, 2000).astype(float), "rain": random.random(2000)})
sold = (table["hour"] / 24 + 0.2 * random.random(2000) > 0.6).astype(int)
settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "seed": 1}
booster = lightgbm.train(settings, lightgbm.Dataset(table, sold), trees)
"""
_CHECK = """
score = stage.load("candidate").predict(table)
report = wb.check(stage, model="stall", y=sold, score=score)
report.require()
stage.save("evaluation", {"rows": len(table)})
"""
_MORE = """
[models.stall]
task = "binary"
target = "sold"
entity = "stand"
metric = "log_loss"
trained_by = "train"
promotion = { policy = "automatic" }
gates = { quality = { metric = "auc", at_least = 0.8 } }

[schedules.again]
cron = "0 12 * * *"
pipeline = "nothing"

[pipelines.nothing]
stages = ["sweep"]

[rehearsal]
model = "stall"
feed = "stall.feed:feed"
begin = 2013-03-01
end = 2013-03-05
timezone = "Europe/Berlin"
every = "6h"
rows = 4
files = ["stall"]
first = { pipeline = "main", parameters = { "train.trees" = 5 } }

[[rehearsal.steps]]
name = "more trees"
day = 2013-03-04
pipeline = "main"
parameters = { "train.trees" = 9 }
"""
_FEED = """
from datetime import timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from workbench.rehearsal.feed import Day


def feed(begin, end):
    hours = pd.date_range(begin, end, freq="h", inclusive="left").as_unit("us")
    asked = pd.DataFrame({
        "at": hours,
        "stand": [f"stand-{number}" for number in range(len(hours))],
        "hour": hours.hour.astype(float),
        "rain": [None if number % 7 == 0 else 0.5 for number in range(len(hours))],
    })
    known = hours + timedelta(hours=5)
    told = pd.DataFrame({"at": known, "entity": asked["stand"], "label": hours.hour // 12})
    zone = ZoneInfo("Europe/Berlin")
    for day in sorted(set(hours.tz_convert(zone).date)):
        yield Day(day, *(table[table["at"].dt.tz_convert(zone).dt.date == day] for table in (asked, told)))
"""


def write_stall(root: Path) -> Path:
    """Write the project and return its folder."""
    setup = "import workbench as wb\nstage = wb.stage({!r})"
    parameters = "trees: int = 5"
    stages: dict[str, dict[str, object]] = {
        "train": {
            "notebook": notebook(
                setup.format("train"),
                _TRAIN,
                'stage.save("candidate", booster, example=table.head())',
                'stage.save("size", {"trees": trees})',
                parameters=parameters,
            ),
            "outputs": ["candidate", "size"],
        },
        "evaluate": {
            "notebook": notebook(
                setup.format("evaluate"), 'trees = stage.load("size")["trees"]', _TRAIN, _CHECK
            ),
            "inputs": ["candidate", "size"],
            "outputs": ["evaluation"],
        },
        "promote": {
            "notebook": notebook(
                setup.format("promote"),
                'stage.load("evaluation")\n'
                'stage.request("proposal", model="stall", alias="champion", reason="it is better")',
            ),
            "inputs": ["candidate", "evaluation"],
        },
        "sweep": {"notebook": notebook("print('swept')")},
    }
    write_project(root, stages, extra=_MORE)
    (root / "stall").mkdir()
    (root / "stall" / "__init__.py").write_text("")
    (root / "stall" / "feed.py").write_text(textwrap.dedent(_FEED))
    return root
