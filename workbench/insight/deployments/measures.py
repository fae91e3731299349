"""The numbers of a gate, and the limits that they were held to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.duration import parse_duration
from workbench.errors import WorkbenchError
from workbench.project.size import parse_size

if TYPE_CHECKING:
    from workbench.registry.gate import GateResult


@dataclass(frozen=True)
class Measure:
    """A number that a gate held to a limit.

    Attributes:
        lower, upper: its bounds; None where it has none.
        at_least, at_most: the limits; None where there is none on that side.
        unit: seconds, bytes, or empty.
    """

    name: str
    value: float
    lower: float | None = None
    upper: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""


def measures(result: GateResult) -> Iterator[Measure]:
    """Yield what a gate held to a limit; nothing of a kind that nobody here knows."""
    read = _READERS.get(result.kind)
    if read is None:
        return
    try:
        yield from read(result.evidence, result.rule)
    except (KeyError, TypeError, ValueError, AttributeError, WorkbenchError):
        return  # a gate of another workbench keeps other evidence; its words and details stand


def _quality(found: Mapping[str, Any], rule: Mapping[str, Any]) -> Iterator[Measure]:
    if "value" in found:
        yield Measure(rule["metric"], found["value"], at_least=rule["at_least"], at_most=rule["at_most"])


def _champion(found: Mapping[str, Any], rule: Mapping[str, Any]) -> Iterator[Measure]:
    if "difference" in found:
        name = f"{rule['metric']} less version {found['against']}'s"
        yield Measure(
            name, found["difference"], found.get("lower"), found.get("upper"), at_most=rule["margin"]
        )


def _slices(found: Mapping[str, Any], rule: Mapping[str, Any]) -> Iterator[Measure]:
    worst = found.get("worst")
    if worst:
        name = f"{rule['metric']} of {worst['column']} {worst['value']}, the worst"
        yield Measure(name, worst["metric"], at_least=rule["at_least"], at_most=rule["at_most"])


def _fairness(found: Mapping[str, Any], rule: Mapping[str, Any]) -> Iterator[Measure]:
    most, least = rule["max_difference"], rule["min_ratio"]
    apart = found.get("difference")
    if apart and most is not None:
        name = f"difference of {rule['metric']}"
        yield Measure(name, apart["value"], apart["lower"], apart["upper"], at_least=-most, at_most=most)
    ratio = found.get("ratio")
    if ratio and least is not None:
        name = f"ratio of {rule['metric']}"
        yield Measure(name, ratio["value"], ratio["lower"], ratio["upper"], at_least=least, at_most=1 / least)


def _calibration(found: Mapping[str, Any], rule: Mapping[str, Any]) -> Iterator[Measure]:
    error, slope = found.get("ece"), found.get("slope")
    if error:
        yield Measure(
            "calibration error", error["value"], error["lower"], error["upper"], at_most=rule["max_ece"]
        )
    if slope:
        yield Measure(
            "slope",
            slope["value"],
            slope["lower"],
            slope["upper"],
            at_least=rule["min_slope"],
            at_most=rule["max_slope"],
        )


def _robustness(found: Mapping[str, Any], rule: Mapping[str, Any]) -> Iterator[Measure]:
    for what in ("missing", "noise", "unseen"):
        if what in found:
            drop = found[what]["drop"]
            name = f"drop of {rule['metric']} by {what}"
            yield Measure(name, drop["value"], drop["lower"], drop["upper"], at_most=rule["max_drop"])


def _latency(found: Mapping[str, Any], rule: Mapping[str, Any]) -> Iterator[Measure]:
    for name in ("p50", "p99"):
        took = found.get(f"{name}_seconds", found.get(f"{name}_below_seconds"))
        if took is not None and rule.get(name):
            most = parse_duration(rule[name]).total_seconds()
            yield Measure(f"{name} of one row", took, at_most=most, unit="seconds")


def _leakage(found: Mapping[str, Any], rule: Mapping[str, Any]) -> Iterator[Measure]:
    best, heaviest = found.get("best") or {}, found.get("heaviest") or {}
    named = (
        (f"AUC of {best.get('feature')} alone", best.get("auc"), rule.get("max_auc")),
        (f"importance of {heaviest.get('feature')}", heaviest.get("importance"), rule.get("max_importance")),
    )
    for name, number, most in named:
        if number is not None and most is not None:
            yield Measure(name, number, at_most=most)


def _size(found: Mapping[str, Any], rule: Mapping[str, Any]) -> Iterator[Measure]:
    yield Measure("size", found["bytes"], at_most=parse_size(rule["at_most"]), unit="bytes")


_READERS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[Measure]]] = {
    "quality": _quality,
    "champion": _champion,
    "slices": _slices,
    "fairness": _fairness,
    "calibration": _calibration,
    "robustness": _robustness,
    "latency": _latency,
    "leakage": _leakage,
    "size": _size,
}
