"""Turns a report into what MLflow accepts: names, lengths and numbers within its limits."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.tracking.tracker import AttemptReport

if TYPE_CHECKING:
    from mlflow.entities import Metric, Param, RunTag

_NOT_IN_NAMES = re.compile(r"[^/\w.\- :]")
_PARAM_LENGTH = 6000
_TAG_LENGTH = 5000
_NAME_LENGTH = 250


def params(values: Mapping[str, Any], taken: Mapping[str, str]) -> list[Param]:
    """Return parameters; one that autologging has set to another value is kept as `stage.NAME`."""
    from mlflow.entities import Param

    found = []
    for name, value in values.items():
        text = _text(value)[:_PARAM_LENGTH]
        key = name if taken.get(name, text) == text else f"stage.{name}"
        found.append(Param(entity_name(key), text))
    return found


def metrics(lines: Sequence[Mapping[str, Any]], extra: Mapping[str, float]) -> list[Metric]:
    """Return metric values; those without a step are numbered in the order in which they were logged."""
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    numbered: Counter[str] = Counter()
    found: dict[tuple[Any, ...], Metric] = {}
    for line in lines:
        name = entity_name(line["name"])
        step = line.get("step")
        if step is None:
            step = numbered[name]
            numbered[name] += 1
        metric = Metric(name, float(line["value"]), _millis(line.get("at"), now), int(step))
        found[metric.key, repr(metric.value), metric.timestamp, metric.step] = metric
    return [
        *found.values(),
        *(Metric(entity_name(name), float(value), now, 0) for name, value in extra.items()),
    ]


def usage(report: AttemptReport) -> dict[str, float]:
    """Return what the attempt cost, under the prefix that MLflow shows as system metrics."""
    return {
        "system/seconds": report.seconds,
        "system/cpu_seconds": report.cpu_seconds,
        "system/peak_memory_megabytes": report.peak_memory_bytes / 1e6,
    }


def tags(values: Mapping[str, Any]) -> list[RunTag]:
    """Return the tags whose value is not None."""
    from mlflow.entities import RunTag

    return [RunTag(key, _text(value)[:_TAG_LENGTH]) for key, value in values.items() if value is not None]


def batches(
    metrics: Sequence[Metric], params: Sequence[Param], tags: Sequence[RunTag]
) -> Iterator[dict[str, Sequence[Any]]]:
    """Split what is to be logged into requests that MLflow accepts; usually it is one."""
    size = 100
    count = max(1, *(-(-len(part) // size) for part in (params, tags)), -(-len(metrics) // 800))
    for index in range(count):
        yield {
            "metrics": metrics[index * 800 : (index + 1) * 800],
            "params": params[index * size : (index + 1) * size],
            "tags": tags[index * size : (index + 1) * size],
        }


def entity_name(name: str) -> str:
    """Return a name that MLflow accepts for a metric or parameter: others' characters become `_`."""
    cleaned = _NOT_IN_NAMES.sub("_", name)[:_NAME_LENGTH].lstrip("/")
    return re.sub(r"/{2,}|(?<=/)\.+(?=/|$)", "_", cleaned) or "_"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _millis(at: str | None, otherwise: int) -> int:
    return int(datetime.fromisoformat(at).timestamp() * 1000) if at else otherwise
