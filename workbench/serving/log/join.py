"""Labels meet the predictions that they judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_LABEL = ("label", "label_text", "labelled_at")


def with_labels(rows: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Return predictions with `label`, `label_text` and `labelled_at`, all null where there is no label.

    A label given for a prediction counts before one for its entity, a newer one before an older. One for an
    entity belongs to the predictions of the day on which it was accepted, and of the days before.

    Args:
        rows: predictions.
        labels: those accepted since the first of them.
    """
    import polars as pl

    ordered = labels.sort("at", "received_at", "recorded_at", "label_id").with_columns(labelled_at="at")
    by_id = ordered.filter(pl.col("prediction_id").is_not_null()).unique("prediction_id", keep="last")
    own = rows.join(by_id.select("prediction_id", *_LABEL), on="prediction_id", how="left")
    entity = ordered.filter(pl.col("prediction_id").is_null() & pl.col("entity").is_not_null())
    if entity.is_empty():
        return own
    newest = (
        entity.with_columns(until=pl.col("received_at").dt.date())
        .unique("entity", keep="last")
        .select("entity", "until", *(pl.col(name).alias(f"\0{name}") for name in _LABEL))
    )
    both = own.join(newest, on="entity", how="left")
    shared = pl.col("labelled_at").is_null() & (pl.col("at").dt.date() <= pl.col("until"))
    filled = [
        pl.when(shared).then(pl.col(f"\0{name}")).otherwise(pl.col(name)).alias(name) for name in _LABEL
    ]
    return both.with_columns(filled).select(own.columns)


def only_labelled(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the predictions that have a label."""
    import polars as pl

    return rows.filter(pl.col("label").is_not_null() | pl.col("label_text").is_not_null())
