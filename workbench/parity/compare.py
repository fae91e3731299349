"""Whether two runs of a notebook came to the same, and from which cell on they did not."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from workbench.data import Datasets
from workbench.parity.results import Result, results_of
from workbench.parity.subject import Subject
from workbench.parity.trial import Trial

_CLOSE = 1e-9  # of the size: sums in another order differ by less
_DURATION = re.compile(
    r"(^|[_.\s])(seconds?|secs?|duration|elapsed|runtime|latency|took|(fit|score|train|wall|cpu)_time|ms|p50|p99)($|[_.\s])",
    re.IGNORECASE,
)
_MOST = 1e6  # seconds: what is larger is no duration


@dataclass(frozen=True)
class Difference:
    """In what two runs differ.

    Attributes:
        labels: what came out differently, each with the cell that left it.
        variables: the variables that differ after each cell, by its number.
    """

    labels: dict[str, int | None] = field(default_factory=dict)
    variables: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.labels)

    @property
    def cells(self) -> tuple[int, ...]:
        """The cells whose values or results differ, from the first on."""
        left = {cell for cell in self.labels.values() if cell}
        return tuple(sorted(left | set(self.variables)))

    def without(self, names: Collection[str]) -> Difference:
        """Return the same but for some variables."""
        left = {cell: tuple(n for n in own if n not in names) for cell, own in self.variables.items()}
        return Difference(self.labels, {cell: own for cell, own in left.items() if own})

    def origins(self, used: Mapping[int, set[str]]) -> tuple[int, ...]:
        """Return the cells where a difference arises, and is not only handed on.

        Args:
            used: the names that each cell needs.
        """
        found, known = [], set[str]()
        for cell in self.cells:
            if not known & used.get(cell, set()):
                found.append(cell)
            known |= set(self.variables.get(cell, ()))
        return tuple(found)

    def told(self, most: int = 2) -> str:
        """Return what came out differently, for people."""
        names = list(self.labels)
        rest = f" and {len(names) - most} more" if len(names) > most else ""
        return ", ".join(names[:most]) + rest


def compare(one: Trial, other: Trial, subject: Subject) -> Difference:
    """Return what differs between two runs that both came to an end."""
    first, second = results_of(one, subject), results_of(other, subject)
    labels: dict[str, int | None] = {}
    for label in first.keys() | second.keys():
        a, b = first.get(label), second.get(label)
        if a is None or b is None:
            left = a or b
            labels[label] = left.cell if left else None
        elif not _same(a, b):
            labels[label] = a.cell
    ranked = dict(sorted(labels.items(), key=lambda item: (item[1] or 10**6, item[0])))
    return Difference(ranked, _variables(one, other))


def _variables(one: Trial, other: Trial) -> dict[int, tuple[str, ...]]:
    before = {line["cell"]: line["values"] for line in one.seen("values")}
    found = {}
    for line in other.seen("values"):
        known = before.get(line["cell"], {})
        names = [
            name
            for name, digest in line["values"].items()
            if name in known and not _same_digest(known[name], digest) and not _is_duration(name, digest)
        ]
        if names:
            found[line["cell"]] = tuple(sorted(names))
    return found


def _same_digest(one: list[Any], other: list[Any]) -> bool:
    if len(one) != len(other):
        return False
    for a, b in zip(one, other, strict=True):
        if isinstance(a, list) and isinstance(b, list):
            if not math.isclose(a[0], b[0], rel_tol=_CLOSE, abs_tol=_CLOSE * max(a[1], b[1], 1e-300)):
                return False
        elif a != b:
            return False
    return True


def _is_duration(name: str, digest: list[Any]) -> bool:
    single = len(digest) == 1 and isinstance(digest[0], list)
    return single and bool(_DURATION.search(name)) and abs(digest[0][0]) < _MOST


def _same(one: Result, other: Result) -> bool:
    if one.kind == "metric":
        return _same_numbers(one.label.strip("`").partition("`")[2], one.content, other.content)
    if one.kind == "output":
        return one.content["fingerprint"] == other.content["fingerprint"] or _close(
            one.content, other.content
        )
    return bool(one.content == other.content)


def _same_numbers(name: str, one: list[float], other: list[float]) -> bool:
    if len(one) != len(other):
        return False
    return all(_same_value(name, a, b) for a, b in zip(one, other, strict=True))


def _close(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two outputs differ by no more than the order of sums, and durations."""
    if one["kind"] != other["kind"]:
        return False
    if one["kind"] == "dataset":
        return _close_tables(one, other)
    if one.get("format") == "json":
        a, b = (_json(each) for each in (one, other))
        return _same_json("", a, b)
    return False


def _json(record: Mapping[str, Any]) -> Any:
    path = Path(record["uri"]) / record["files"][0]["path"]
    return json.loads(path.read_text(encoding="utf-8"))


def _same_json(name: str, one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        own = " ".join(str(one[key]) for key in ("name", "kind") if isinstance(one.get(key), str))
        return one.keys() == other.keys() and all(
            _same_json(f"{name}.{own}.{key}", one[key], other[key]) for key in one
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_same_json(name, a, b) for a, b in zip(one, other, strict=True))
    return _same_value(name, one, other)


def _same_value(name: str, one: Any, other: Any) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int):
        if math.isclose(one, other, rel_tol=_CLOSE, abs_tol=1e-12) or (one != one and other != other):  # noqa: PLR0124
            return True
        return bool(_DURATION.search(name)) and max(abs(one), abs(other)) < _MOST
    return bool(one == other)


def _close_tables(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    import numpy as np

    if one["schema"] != other["schema"] or one["rows"] != other["rows"]:
        return False
    datasets = Datasets(Path(one["uri"]))
    a, b = (datasets.read(cast(Any, record)) for record in (one, other))
    for name in a.columns:
        left, right = a[name], b[name]
        if left.equals(right) or _DURATION.search(str(name)):
            continue
        if left.dtype.kind != "f" or right.dtype.kind != "f":
            return False
        size = float(np.nanmax(np.abs(left.to_numpy()), initial=0.0))
        if not np.allclose(left, right, rtol=_CLOSE, atol=_CLOSE * size, equal_nan=True):
            return False
    return True
