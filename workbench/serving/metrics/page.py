"""The page `/metrics`: the numbers of all processes added up, in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.serving.metrics.cells import Series, read_cells
from workbench.serving.metrics.names import BUCKETS, METRICS, Metric

if TYPE_CHECKING:
    from prometheus_client.core import Metric as Family

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
Merged = dict[str, dict[tuple[tuple[str, str], ...], list[float]]]


def metrics_page(folder: Path) -> bytes:
    """Return the page of the processes that count in a folder."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(merge(read_cells(folder))))
    return generate_latest(registry)


def merge(series: Iterable[Series]) -> Merged:
    """Return the numbers by metric and labels, over all processes."""
    merged: Merged = {}
    for each in series:
        metric = METRICS.get(each.metric)
        if metric is None:
            continue
        by_labels = merged.setdefault(each.metric, {})
        before = by_labels.get(each.labels)
        if before is None:
            by_labels[each.labels] = list(each.values)
        elif metric.kind == "gauge":
            by_labels[each.labels] = list(map(max, before, each.values))
        else:
            by_labels[each.labels] = [one + other for one, other in zip(before, each.values, strict=False)]
    return merged


class _Collected:
    def __init__(self, merged: Merged) -> None:
        self._merged = merged

    def collect(self) -> Iterator[Family]:
        """Yield the families in the order of `METRICS`."""
        for name, metric in METRICS.items():
            if name in self._merged:
                yield _family(metric, self._merged[name])


def _family(metric: Metric, by_labels: dict[tuple[tuple[str, str], ...], list[float]]) -> Family:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

    names = [key for key, _ in next(iter(by_labels))]
    if metric.kind == "histogram":
        histogram = HistogramMetricFamily(metric.name, metric.help, labels=names)
        bounds = [*(repr(bound) for bound in BUCKETS), "+Inf"]
        for labels, (total, *counts) in by_labels.items():
            buckets = list(zip(bounds, accumulate(counts), strict=True))
            histogram.add_metric([value for _, value in labels], buckets, sum_value=total)
        return histogram
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family = kind(metric.name, metric.help, labels=names)
    for labels, (value, *_) in by_labels.items():
        family.add_metric([value for _, value in labels], value)
    return family
