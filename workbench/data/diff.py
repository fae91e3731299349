"""What changed between two versions of a dataset."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.data.profile import ColumnProfile, profile
from workbench.data.record import OutputRecord

if TYPE_CHECKING:
    import pyarrow as pa

    from workbench.data.dataset import Datasets

_MOST_CATEGORIES = 10_000
_MOST_NAMED = 20


@dataclass(frozen=True)
class Categories:
    """Values of a text column that one version has and the other has not; at most twenty are named."""

    count: int
    named: tuple[str, ...]

    def __str__(self) -> str:
        more = self.count - len(self.named)
        return f"{self.count:,} ({', '.join(self.named)}{f' and {more:,} more' if more else ''})"


@dataclass(frozen=True)
class ColumnDiff:
    """A column that both versions have.

    Attributes:
        before: the older version's profile.
        after: the newer version's.
        changed: the share of rows whose value differs, row by row; None unless both versions have the
            same number of rows and the column the same type.
        appeared: values of a text column that only the newer version has; None for other columns, and
            where there are more than ten thousand values.
        vanished: those that only the older one has.
    """

    name: str
    before: ColumnProfile
    after: ColumnProfile
    changed: float | None
    appeared: Categories | None
    vanished: Categories | None

    @property
    def facts(self) -> list[str]:
        """What is known to have changed about the column's content, one text each."""
        numbers = (
            ("nulls", self.before.nulls, self.after.nulls),
            ("distinct", self.before.distinct, self.after.distinct),
            ("min", self.before.minimum, self.after.minimum),
            ("max", self.before.maximum, self.after.maximum),
            ("mean", self.before.mean, self.after.mean),
        )
        found = [f"{_share(self.changed)} of the rows changed"] if self.changed else []
        found += [f"{label} {_number(old)} → {_number(new)}" for label, old, new in numbers if old != new]
        moved = (("appeared", self.appeared), ("vanished", self.vanished))
        return found + [
            f"{label}: {values}" for label, values in moved if values is not None and values.count
        ]


@dataclass(frozen=True)
class DatasetDiff:
    """Two versions of a dataset, compared.

    Attributes:
        same: whether they have the same content; then nothing else was computed.
        added: columns that only the newer version has, by name, with their types.
        removed: columns that only the older one has.
        retyped: columns whose type changed: name, old type, new type.
        columns: those that both have, in the newer version's order.
    """

    name: str
    before: int | None
    after: int | None
    rows_before: int
    rows_after: int
    same: bool
    added: dict[str, str] = field(default_factory=dict)
    removed: dict[str, str] = field(default_factory=dict)
    retyped: tuple[tuple[str, str, str], ...] = ()
    columns: tuple[ColumnDiff, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return what changed, one readable line each."""
        if self.same:
            return [f"{self.name}: {self.rows_after:,} rows, the same content"]
        change = self.rows_after - self.rows_before
        counts = f"rows: {self.rows_before:,} → {self.rows_after:,} ({change:+,})"
        said = [counts if change else f"rows: {self.rows_after:,}, as before"]
        said += [f"+ {name}: {kind}" for name, kind in self.added.items()]
        said += [f"- {name}: {kind}" for name, kind in self.removed.items()]
        said += [f"~ {name}: {old} → {new}" for name, old, new in self.retyped]
        said += [f"~ {c.name}: {'; '.join(c.facts)}" for c in self.columns if c.facts]
        return said if len(said) > 1 else [*said, "the same columns and values, in another order"]


def diff_tables(before: OutputRecord, after: OutputRecord, datasets: Datasets) -> DatasetDiff:
    """Compare two versions; only those whose fingerprints differ are read, digests checked.

    Raises:
        IntegrityError: a version's bytes differ from those recorded.
    """
    same = before["fingerprint"] == after["fingerprint"]
    old, new = ({column["name"]: column["type"] for column in record["schema"]} for record in (before, after))
    return DatasetDiff(
        name=after["name"],
        before=before.get("version"),
        after=after.get("version"),
        rows_before=before["rows"],
        rows_after=after["rows"],
        same=same,
        added={name: kind for name, kind in new.items() if name not in old},
        removed={name: kind for name, kind in old.items() if name not in new},
        retyped=tuple((n, old[n], kind) for n, kind in new.items() if n in old and old[n] != kind),
        columns=() if same else _columns(before, after, [n for n in new if n in old], datasets),
    )


def _columns(
    before: OutputRecord, after: OutputRecord, names: list[str], datasets: Datasets
) -> tuple[ColumnDiff, ...]:
    found = []
    first, second = (datasets.read(record, columns=names, as_="arrow") for record in (before, after))
    for name in names:
        old, new = first[name], second[name]
        appeared, vanished = _categories(old, new)
        found.append(
            ColumnDiff(name, profile(name, old), profile(name, new), _changed(old, new), appeared, vanished)
        )
    return tuple(found)


def _changed(old: pa.ChunkedArray, new: pa.ChunkedArray) -> float | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    if len(old) != len(new) or not old.type.equals(new.type):
        return None
    if not len(old) or old.null_count == new.null_count == len(old):
        return 0.0
    if pa.types.is_nested(old.type):
        pairs = zip(old.to_pylist(), new.to_pylist(), strict=True)
        return sum(repr(a) != repr(b) for a, b in pairs) / float(len(old))  # NaN is not even itself
    if pa.types.is_float16(old.type):
        old, new = old.cast(pa.float32()), new.cast(pa.float32())
    one_missing = pc.xor(old.is_null(), new.is_null())
    differ = pc.fill_null(pc.not_equal(old, new), False)
    if pa.types.is_floating(old.type):
        both_nan = pc.fill_null(pc.and_(pc.is_nan(old), pc.is_nan(new)), False)
        differ = pc.and_not(differ, both_nan)
    changed: int = pc.sum(pc.or_(one_missing, differ)).as_py()
    return changed / len(old)


def _categories(old: pa.ChunkedArray, new: pa.ChunkedArray) -> tuple[Categories | None, Categories | None]:
    import pyarrow as pa

    if not (pa.types.is_string(old.type) and pa.types.is_string(new.type)):
        return None, None
    had, has = (set(column.unique().drop_null().to_pylist()) for column in (old, new))
    if max(len(had), len(has)) > _MOST_CATEGORIES:
        return None, None
    return _named(has - had), _named(had - has)


def _named(values: set[str]) -> Categories:
    return Categories(len(values), tuple(sorted(values)[:_MOST_NAMED]))


def _number(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:,.6g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _share(share: float) -> str:
    return "under 0.01 %" if share < 0.0001 else f"{share:.2%}".replace("%", " %")
