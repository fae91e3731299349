"""The files for Prometheus and Grafana speak of metrics that the service has."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from workbench.serving.metrics.names import METRICS

DEPLOY = Path(__file__).parents[3] / "deploy"
_NAME = re.compile(r"\bworkbench_\w+")
_SERIES = {
    name + suffix
    for name, metric in METRICS.items()
    for suffix in (("_bucket", "_sum", "_count") if metric.kind == "histogram" else ("",))
}


def test_every_alert_asks_for_metrics_that_there_are_and_says_what_to_do() -> None:
    (group,) = yaml.safe_load((DEPLOY / "prometheus" / "workbench.rules.yml").read_text())["groups"]
    assert len(group["rules"]) >= 8
    for rule in group["rules"]:
        assert set(_NAME.findall(rule["expr"])) <= _SERIES, rule["alert"]
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["action"]


def test_every_panel_shows_metrics_that_there_are() -> None:
    board = json.loads((DEPLOY / "grafana" / "serving.json").read_text())
    asked = {name for panel in board["panels"] for t in panel["targets"] for name in _NAME.findall(t["expr"])}
    assert asked <= _SERIES
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    assert asked >= {
        "workbench_requests_total",
        "workbench_request_seconds_bucket",
        "workbench_serving_share",
    }
