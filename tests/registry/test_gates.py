from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.registry.models import make_project
from workbench.errors import ConfigurationError
from workbench.registry.gates import KINDS, gates_of
from workbench.registry.gates.blocked import Blocked


def _gates(tmp_path: Path, toml: str) -> list[tuple[str, str]]:
    project = make_project(tmp_path, gates=f"[models.delay.gates]\n{toml}")
    return [(gate.name, gate.kind) for gate in gates_of("delay", project.model("delay"))]


def test_every_kind_can_be_declared_and_read_back_as_it_was_applied(tmp_path: Path) -> None:
    """Settings with their defaults are plain JSON, and give the same gate again."""
    toml = """
    quality = { metric = "auc", at_least = 0.6 }
    champion = { metric = "log_loss", margin = 0.01 }
    slices = { by = ["shop"], metric = "auc", at_least = 0.6, expected = { shop = ["north", 3] } }
    fairness = { by = ["shop"], metric = "true_positive_rate", max_difference = 0.1, min_ratio = 0.8 }
    calibration = { max_ece = 0.05, min_slope = 0.8, max_slope = 1.25 }
    robustness = { metric = "brier", max_drop = 0 }
    latency = { p50 = "1ms", p99 = "5ms" }
    leakage = { max_auc = 0.9, outcome = ["landed_at"], allowed = ["x"] }
    size = { at_most = "20MB" }
    """
    project = make_project(tmp_path, gates=f"[models.delay.gates]\n{toml}")
    found = gates_of("delay", project.model("delay"))
    assert [gate.kind for gate in found] == list(KINDS)
    for gate in found:
        settings = json.loads(json.dumps(gate.rule))
        assert settings == gate.rule
        assert KINDS[settings.pop("kind")].model_validate(settings) == gate.gate


@pytest.mark.parametrize(
    ("task", "kind", "settings", "words"),
    [
        ("multiclass", "calibration", {"min_slope": 0.8}, "several classes have no one slope"),
        ("regression", "calibration", {"max_ece": 0.1}, "values are no probabilities"),
        ("regression", "fairness", {"by": ["a"], "metric": "selection_rate", "max_difference": 1.0}, "bias"),
        ("multiclass", "fairness", {"by": ["a"], "metric": "bias", "max_difference": 1.0}, "log_loss, brier"),
        ("regression", "slices", {"by": ["a"], "metric": "auc", "at_least": 0.6}, "one of mae"),
        ("multiclass", "robustness", {"metric": "auc", "max_drop": 0.1}, "one of log_loss"),
    ],
)
def test_a_gate_that_means_nothing_for_a_task_says_so(
    task: str, kind: str, settings: dict[str, Any], words: str
) -> None:
    """With the metrics or limits that do."""
    assert words in KINDS[kind].model_validate(settings).fits(task)


def test_two_gates_of_a_kind_have_names_of_their_own(tmp_path: Path) -> None:
    """`kind` says what a gate is when its name does not."""
    toml = """
    quality = { metric = "auc", at_least = 0.6 }
    calibrated = { kind = "quality", metric = "brier", at_most = 0.2 }
    """
    assert _gates(tmp_path, toml) == [("quality", "quality"), ("calibrated", "quality")]


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        (
            "qualty = { metric = 'auc', at_least = 0.6 }",
            "gates.qualty.*no gate of kind 'qualty'[^?]*Did you mean 'quality'",
        ),
        ("quality = { metric = 'auc' }", "gates.quality.*needs at_least or at_most"),
        (
            "quality = { metric = 'auc', atleast = 0.6 }",
            "atleast.*got 0.6[^.]*\n?.*takes: metric, at_least, at_most",
        ),
        (
            "quality = { metric = 'rmse', at_most = 1 }",
            "metric is 'rmse'; for a binary model it is one of auc, log_loss",
        ),
        ("quality = { metric = 'auc', at_least = '0.6' }", "at_least: .*got '0.6'"),
        (
            "champion = { metric = 'auc', margin = 0.1 }",
            "row by row, a binary model is compared by log_loss or brier",
        ),
        ("champion = { metric = 'log_loss' }", "margin: Field required"),
        ("champion = { metric = 'log_loss', margin = -0.1 }", "margin: .*greater than or equal to 0"),
        ("champion = { metric = 'log_loss', margin = 0.1, block = 'day' }", "block: expected a duration"),
        ("champion = { metric = 'log_loss', margin = 0.1, block = '0s' }", "block: a block must last longer"),
        ("champion = { metric = 'log_loss', margin = nan }", "margin: .*finite"),
        ("slice = { by = ['shop'], metric = 'auc', at_least = 0.6 }", "Did you mean 'slices'"),
        ("slices = { metric = 'auc', at_least = 0.6 }", "by: Field required"),
        ("slices = { by = [], metric = 'auc', at_least = 0.6 }", "by: .*at least 1 item"),
        ("slices = { by = 'shop', metric = 'auc', at_least = 0.6 }", "by: .*valid tuple, got 'shop'"),
        ("slices = { by = [1], metric = 'auc', at_least = 0.6 }", "by.0: .*valid string, got 1"),
        ("slices = { by = ['shop'], metric = 'auc' }", "needs at_least or at_most"),
        ("slices = { by = ['shop'], metric = 'acu', at_least = 0.6 }", "metric is 'acu'; .*one of auc"),
        (
            "slices = { by = ['shop'], metric = 'auc', at_least = 0.6, min_rows = 1 }",
            "min_rows: .*equal to 2",
        ),
        (
            "slices = { by = ['shop'], metric = 'auc', at_least = 0.6, expected = { town = ['a'] } }",
            "expected names town, which is not among by",
        ),
        ("fairness = { by = ['shop'], metric = 'bias' }", "needs max_difference or min_ratio"),
        ("fairness = { by = ['shop'], metric = 'bias', min_ratio = 0.8 }", "bias may be zero or less"),
        (
            "fairness = { by = ['shop'], metric = 'rmse', max_difference = 1 }",
            "metric is 'rmse'; between groups",
        ),
        (
            "fairness = { by = ['shop'], metric = 'auc', max_difference = -0.1 }",
            "max_difference: .*greater than 0",
        ),
        (
            "fairness = { by = ['shop'], metric = 'auc', max_difference = 0.1, threshold = 1.5 }",
            "threshold: ",
        ),
        ("calibration = {}", "needs max_ece, min_slope or max_slope"),
        ("calibration = { max_ece = 'small' }", "max_ece: .*got 'small'"),
        ("calibration = { max_ece = 0.1, bins = 1 }", "bins: .*equal to 2"),
        ("robustness = { metric = 'auc' }", "max_drop: Field required"),
        (
            "robustness = { metric = 'auc', max_drop = 0.1, missing = 2.0 }",
            "missing: .*less than or equal to 1",
        ),
        (
            "robustness = { metric = 'auc', max_drop = 0.1, missing = 0, noise = 0, unseen = 0 }",
            "needs missing, noise or unseen above 0",
        ),
        ("latency = {}", "needs p50 or p99"),
        ("latency = { p50 = 5 }", "p50: .*valid string, got 5"),
        ("latency = { p50 = 'fast' }", "p50: expected a duration"),
        ("latency = { p99 = '0ms' }", "p99: must be longer than nothing"),
        ("leakage = { max_auc = 0.4 }", "max_auc: .*greater than 0.5"),
        ("leakage = { outcome = 'late' }", "outcome: .*valid tuple"),
        ("size = {}", "at_most: Field required"),
        ("size = { at_most = 'tiny' }", "at_most: expected a size"),
    ],
)
def test_a_wrong_gate_is_one_clear_error(tmp_path: Path, toml: str, words: str) -> None:
    """The message names the file, the key, what was got and what is possible."""
    with pytest.raises(ConfigurationError, match=r"(?s)workbench.toml.*" + words):
        _gates(tmp_path, toml)


def test_every_kind_and_setting_is_told_on_the_page() -> None:
    """docs/gates.md names them all, with their defaults where they are numbers."""
    page = (Path(__file__).parents[2] / "docs" / "gates.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(" `"): line for line in page.splitlines() if line.startswith("| `")}
    shared = set(Blocked.model_fields)
    for kind, rule in KINDS.items():
        told = rows[kind].split("|")[2]
        for name, field in rule.model_fields.items():
            default = field.default
            number = isinstance(default, int | float) and not isinstance(default, bool)
            text = f"`{name} = {default}`" if number else f"`{name}`"
            assert name in shared or text in told, (kind, text)
    for name in shared:
        assert any(row.startswith(f"{name} =") for row in rows), name
