"""What changed between two versions of a dataset: columns, counts, and how each column is spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.insight.datasets.profile import DatasetProfile
    from workbench.insight.datasets.sketch import ColumnSketch

FAR = 0.1
"""Jensen–Shannon distance from which two versions of a column count as spread otherwise."""

_FEW = 0.001  # share of rows by which missing values must differ to be told


@dataclass(frozen=True)
class ColumnChange:
    """A column of both versions.

    Attributes:
        apart: Jensen–Shannon distance of the two, 0 to 1; None where they cannot be compared.
        before: as it was, counted in the same bins.
    """

    name: str
    before: ColumnSketch
    after: ColumnSketch
    apart: float | None

    @property
    def has_moved(self) -> bool:
        """Whether it is spread otherwise."""
        return self.apart is not None and self.apart >= FAR

    @property
    def facts(self) -> list[str]:
        """What changed about it, in words."""
        found = [f"distance {self.apart:.3f}"] if self.has_moved else []
        if abs(self.before.missing - self.after.missing) >= _FEW:
            found.append(f"missing {self.before.missing:.1%} → {self.after.missing:.1%}")
        return found


@dataclass(frozen=True)
class DatasetChange:
    """Two versions, compared.

    Attributes:
        same: whether they have the same content.
        added, removed: columns that only one of them has, with their types.
        retyped: columns whose type changed: name, old type, new type.
        columns: those that both have, the ones that moved most first.
        basis: what the distances are made of, in words.
    """

    before: DatasetProfile
    after: DatasetProfile
    same: bool
    added: dict[str, str]
    removed: dict[str, str]
    retyped: tuple[tuple[str, str, str], ...]
    columns: tuple[ColumnChange, ...]

    @property
    def basis(self) -> str:
        """What it was made of."""
        if self.before.is_exact and self.after.is_exact:
            return "all rows of both"
        both = (self.after, self.before)
        return "; ".join(f"version {each.version}: {each.basis}" for each in both)


def dataset_change(before: DatasetProfile, after: DatasetProfile) -> DatasetChange:
    """Return what changed from one version to another.

    Args:
        before: the one that is compared with.
        after: the one in question, profiled with `like=before`.
    """
    old, new = ({column.name: column for column in each.columns} for each in (before, after))
    both = [name for name in new if name in old]
    same = before.fingerprint == after.fingerprint
    found = [ColumnChange(n, old[n], new[n], 0.0 if same else _apart(old[n], new[n])) for n in both]
    return DatasetChange(
        before=before,
        after=after,
        same=same,
        added={name: column.type for name, column in new.items() if name not in old},
        removed={name: column.type for name, column in old.items() if name not in new},
        retyped=tuple((n, old[n].type, new[n].type) for n in both if old[n].type != new[n].type),
        columns=tuple(sorted(found, key=lambda change: -(change.apart or 0.0))),
    )


def _apart(before: ColumnSketch, after: ColumnSketch) -> float | None:
    import numpy as np

    from workbench.data.drift.measures import JENSENSHANNON, counts_apart

    comparable = before.bins is not None and before.bins == after.bins
    if not comparable or not sum(before.counts) or not sum(after.counts):
        return None
    counts = np.array([before.counts, after.counts], dtype=np.float64)
    counts = counts[:, counts.sum(axis=0) > 0]
    return counts_apart(JENSENSHANNON, counts[0], counts[1])
