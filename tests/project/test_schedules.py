"""What `workbench.toml` says of schedules and triggers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project.declared import GOOD, refused
from workbench.project import load_project

NIGHTLY = '[schedules.nightly]\ncron = "0 3 * * *"\npipeline = "training"\n'
WATCH = '[schedules.watch]\ncron = "0 6 * * mon"\nmonitor = "flight-delay"\n'
ALERT = '[alerts.drift]\nmodel = "flight-delay"\non = ["drift"]\n'
RETRAIN = f'{ALERT}[triggers.retrain]\non = "alert"\nmodel = "flight-delay"\npipeline = "training"\n'
FRESH = '[triggers.fresh]\non = "data"\ndataset = "flights"\npipeline = "training"\n'
CHALLENGE = "[models.flight-delay.challenge]\n"
WRONG = [  # TOML, the key, part of the message, part of the hint
    (NIGHTLY.replace("0 3", "0 25"), "schedules.nightly.cron", "cron hour from 0 to 23", "Correct"),
    (NIGHTLY.replace('* * *"', '* *"'), "schedules.nightly.cron", "expected five cron fields", "Correct"),
    (NIGHTLY.replace('* * *"', '31 2 *"'), "schedules.nightly.cron", "expected a day that comes", "Correct"),
    (f'{NIGHTLY}timezone = "America/New_Yrok"', "schedules.nightly.timezone", "'America/New_York'", ""),
    (NIGHTLY.replace('"training"', '"trainng"'), "schedules.nightly.pipeline", "no pipeline", "'training'"),
    (NIGHTLY.replace("pipeline", "pipelin"), "schedules.nightly.pipelin", "unknown key", "'pipeline'"),
    ('[schedules.a]\ncron = "0 3 * * *"', "schedules.a", "exactly one of", "Say what is done"),
    (f'{NIGHTLY}judge = "flight-delay"', "schedules.nightly", "got pipeline and judge", "Say what"),
    (WATCH.replace("flight-", "fligt-"), "schedules.watch.monitor", "no model named", "'flight-delay'"),
    (WATCH.replace("monitor", "judge"), "schedules.watch.judge", "declares no challenge", "challenge]"),
    (f'{WATCH}commit = "v1"', "schedules.watch.commit", "only a pipeline runs at a commit", "Take"),
    (f"{WATCH}parameters = {{ train.seed = 1 }}", "schedules.watch.parameters", "only a pipeline", "Take"),
    (NIGHTLY.replace("nightly", "training"), "schedules.training", "schedule of its own", "Rename"),
    (f"{NIGHTLY}parameters = {{ seed = 1 }}", "schedules.nightly.parameters", "no stage", '"train.seed"'),
    (f"{NIGHTLY}parameters = {{ trian.seed = 1 }}", "schedules.nightly.parameters", "no stage", "'train'"),
    (f'{NIGHTLY}parameters = {{ train.day = "{{duo}}" }}', "schedules.nightly.parameters", "{due}", ""),
    (f'{NIGHTLY}parameters = {{ train.day = "{{due-6h}}" }}', "schedules.nightly.parameters", "whole", ""),
    (f'{NIGHTLY}parameters = {{ train.day = "{{today}}" }}', "schedules.nightly.parameters", "{due}", ""),
    (RETRAIN.replace('model = "flight-delay"\np', "p"), "triggers.retrain.model", "needs it", "Add model"),
    (RETRAIN.replace('"alert"', '"alarm"'), "triggers.retrain.on", "'alert'", "'alert'"),
    (f'{RETRAIN}alerts = ["drit"]', "triggers.retrain.alerts", "no alert named 'drit'", "'drift'"),
    (RETRAIN.removeprefix(ALERT), "triggers.retrain.model", "no alert that could fire", "Declare one"),
    (f'{RETRAIN}every = "1d"', "triggers.retrain.every", "means nothing", "Take it away"),
    (f'{RETRAIN}parameters = {{ train.day = "{{due}}" }}', "triggers.retrain.parameters", "{today}", ""),
    (RETRAIN.replace('"training"', '"trainin"'), "triggers.retrain.pipeline", "no pipeline", "'training'"),
    (RETRAIN.replace("retrain", "training"), "triggers.training", "a schedule has this name", "Rename"),
    (FRESH.replace('"flights"', '"flihgts"'), "triggers.fresh.dataset", "no stage writes", "'flights'"),
    (FRESH.replace('"data"', '"time"'), "triggers.fresh.every", "needs it", "Add every"),
    (FRESH.replace('"data"', '"labels"'), "triggers.fresh.model", "needs it", "Add model"),
]


@pytest.mark.parametrize(("toml", "key", "message", "hint"), WRONG, ids=[case[1] for case in WRONG])
def test_what_cannot_be_is_named(folder: Path, toml: str, key: str, message: str, hint: str) -> None:
    """The error names the key, what was got, and what is meant."""
    error = refused(folder, f"{GOOD}\n{toml}")
    assert error.key == key
    assert message in error.message
    assert hint in error.hint


def test_what_fits_is_taken_as_written(folder: Path) -> None:
    """Every kind of schedule and trigger loads, and parameters are found by stage however TOML nests them."""
    both = 'parameters = { train.day = "{due - 28d}", "train.rows" = 5 }\n'
    judge = '[schedules.judge]\ncron = "0 7 * * *"\njudge = "flight-delay"\ntimezone = "America/New_York"\n'
    text = "\n".join([GOOD, CHALLENGE, f"{NIGHTLY}{both}", WATCH, judge, RETRAIN, FRESH])
    (folder / "workbench.toml").write_text(text, encoding="utf-8")
    config = load_project(folder).config
    assert config.schedules["nightly"].parameters == {"train.day": "{due - 28d}", "train.rows": 5}
    assert set(config.schedules) == {"nightly", "watch", "judge"}
    assert set(config.triggers) == {"retrain", "fresh"}
