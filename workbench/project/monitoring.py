"""`[models.NAME.monitoring]` and `[models.NAME.challenge]`: how a model that serves is watched and judged."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from workbench.duration import parse_duration
from workbench.project.field import Block, Name, PositiveDuration, Text, Timezone
from workbench.project.table import Table

Share = Annotated[float, Field(gt=0, le=1)]
NumberMethod = Literal["psi", "jensenshannon", "wasserstein", "ks"]
NameMethod = Literal["psi", "jensenshannon", "chisquare"]


class DriftConfig(Table):
    """`drift = { … }`: when a column counts as drifted.

    Attributes:
        numbers: the method for numeric columns.
        categories: the method for all others.
        limit: from which value on the effect is large enough; the method's usual one when left out.
        rate: of false discoveries among all columns of a window, at most (Benjamini and Hochberg, 1995).
        share: of the columns that must have drifted before the window as a whole counts as drifted.
        min_rows: with fewer rows in the window nothing is concluded.
        min_blocks: with fewer blocks of time nothing is concluded.
    """

    numbers: NumberMethod = "wasserstein"
    categories: NameMethod = "jensenshannon"
    limit: Annotated[float, Field(gt=0)] | None = None
    rate: Annotated[float, Field(gt=0, lt=1)] = 0.05
    share: Annotated[float, Field(ge=0, le=1)] = 0.0
    min_rows: Annotated[int, Field(ge=1)] = 500
    min_blocks: Annotated[int, Field(ge=2)] = 5


class LimitConfig(Table):
    """`{ at_least = 0.68 }`: what a metric is held to; its bounds must be within.

    Attributes:
        at_least, at_most: in the metric's own unit.
        max_change: how much worse than on the reference's scored rows, likewise.
    """

    at_least: float | None = None
    at_most: float | None = None
    max_change: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if (self.at_least, self.at_most, self.max_change) == (None, None, None):
            raise ValueError("expected at_least, at_most or max_change, the limit that the metric is held to")
        return self


class QualityConfig(Table):
    """`quality = { … }`: how much the logged data may differ from what training saw, as shares of the rows.

    Attributes:
        missing: by how much the share of missing values of a column may have grown.
        unseen: of a column's values, those that training never saw.
        unlabelled: rows whose truth is due and not known; beyond it the performance is inconclusive.
        duplicates: rows that were asked again with the same entity and values.
        unknown: truths that name nothing which was predicted.
    """

    missing: Share = 0.1
    unseen: Share = 0.05
    unlabelled: Share = 0.5
    duplicates: Annotated[float, Field(ge=0, le=1)] = 0.01
    unknown: Annotated[float, Field(ge=0, le=1)] = 0.0


class ServiceConfig(Table):
    """`service = { … }`: how the service must do; what is left out is measured and held to nothing.

    Attributes:
        metrics: the address of a running service's metrics, such as `http://127.0.0.1:8080/metrics`.
        rows: answered in a window, at least.
        error_rate: greatest share of requests that were answered with a 5xx.
        latency_p99: in seconds, at most.
        log_lag: greatest age in seconds of a logged row that is not in the tables yet.
    """

    metrics: Text | None = None
    rows: Annotated[int, Field(ge=1)] | None = None
    error_rate: Annotated[float, Field(ge=0, lt=1)] | None = None
    latency_p99: Annotated[float, Field(gt=0)] | None = None
    log_lag: Annotated[float, Field(gt=0)] | None = None


class MonitoringConfig(Table):
    """`[models.NAME.monitoring]`: how windows of the prediction log are looked at.

    Attributes:
        stage: the notebook stage that looks at a window.
        window: how long a window is.
        block: length of the blocks of time that rows are put into; what happened in one counts once.
        timezone: in which blocks and windows of whole days begin.
        label_delay: after which the truth of nearly all rows is known.
        min_labels: with fewer labelled rows nothing is concluded of the performance.
        drift: when a column counts as drifted.
        performance: limits of metrics by name.
        quality: limits of the data's own quality.
        service: limits of the service's.
        slices: columns whose values are looked at one by one; those of the gates when left out.
        fairness: likewise for groups.
        threshold: from which score on a row is decided as 1; that of a gate, or 0.5, when left out.
    """

    stage: Name = "monitor"
    window: PositiveDuration = timedelta(days=7)
    block: Block = "1d"
    timezone: Timezone = "UTC"
    label_delay: PositiveDuration = timedelta(days=1)
    min_labels: Annotated[int, Field(ge=1)] = 200
    drift: DriftConfig = DriftConfig()
    performance: dict[Name, LimitConfig] = Field(default_factory=dict)
    quality: QualityConfig = QualityConfig()
    service: ServiceConfig = ServiceConfig()
    slices: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    fairness: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    threshold: Annotated[float, Field(gt=0, lt=1)] | None = None


class GuardrailsConfig(Table):
    """`guardrails = { … }`: what a challenger may not break; what is left out is not looked at.

    Attributes:
        error_rate: greatest share of the rows that it gives no score for.
        latency_ratio: greatest p99 of its latency as a multiple of the champion's.
        latency_from: a p99 up to which it is fast enough, whatever the champion's.
        sample_ratio: level of the test that its share of the traffic is what was declared (chi-square).
        disagreement: greatest mean distance between its scores and the champion's on the same rows.
        fairness: greatest difference between groups of the mean score less the mean outcome.
        min_rows: with fewer rows of its own nothing is concluded.
    """

    error_rate: Annotated[float, Field(gt=0, lt=1)] | None = 0.01
    latency_ratio: Annotated[float, Field(gt=1)] | None = 5.0
    latency_from: PositiveDuration = timedelta(milliseconds=10)
    sample_ratio: Annotated[float, Field(gt=0, lt=1)] | None = 0.0001
    disagreement: Annotated[float, Field(gt=0)] | None = None
    fairness: Annotated[float, Field(gt=0)] | None = None
    min_rows: Annotated[int, Field(ge=1)] = 200


class ChallengeConfig(Table):
    """`[models.NAME.challenge]`: how a challenger is judged by outcomes, and who acts on the verdict.

    With this table, a candidate that passes its gates becomes challenger and not champion. Champion and
    challenger then both score every request, and what their losses differ by is looked at block by block.

    Attributes:
        metric: one with a loss per row; the model's own when left out.
        margin: how much worse, in the metric's unit, still counts as no worse.
        block: length of a block.
        timezone: in which blocks of whole days begin.
        label_delay: after which the truth of nearly all rows of a block is known.
        level: of false promotions, and of false rollbacks, at most, however often one looks.
        min_blocks: with fewer nothing is concluded.
        max_blocks: after so many without a verdict the challenger is withdrawn as inconclusive.
        min_rows: blocks with fewer labelled rows count for nothing.
        arms: the shares of the traffic that a challenger with good outcomes goes through; the last is 1.
        arm_time: the least time in each.
        guardrails: what it may not break meanwhile.
        automatic: whether verdicts are acted upon at once; otherwise a person is asked. A challenger that
            breaks a guardrail is withdrawn either way.
    """

    metric: Text | None = None
    margin: Annotated[float, Field(ge=0)] = 0.0
    block: Text = "1d"
    timezone: Timezone = "UTC"
    label_delay: PositiveDuration = timedelta(days=1)
    level: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    min_blocks: Annotated[int, Field(ge=2)] = 10
    max_blocks: Annotated[int, Field(ge=2)] = 60
    min_rows: Annotated[int, Field(ge=1)] = 30
    arms: Annotated[tuple[Share, ...], Field(strict=False, min_length=1)] = (0.05, 0.25, 0.5, 1.0)
    arm_time: PositiveDuration = timedelta(days=1)
    guardrails: GuardrailsConfig = GuardrailsConfig()
    automatic: bool = True

    @field_validator("block")
    @classmethod
    def _is_a_length(cls, block: str) -> str:
        if parse_duration(block) <= timedelta():
            raise ValueError(f"expected a block that lasts longer than nothing, but got {block!r}")
        return block

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.max_blocks < self.min_blocks:
            raise ValueError(
                f"expected max_blocks of at least min_blocks, which is {self.min_blocks}, "
                f"but got {self.max_blocks}"
            )
        if list(self.arms) != sorted(set(self.arms)) or self.arms[-1] != 1:
            raise ValueError(
                f"expected arms that grow and end with 1.0, like [0.1, 0.5, 1.0], but got {list(self.arms)}"
            )
        return self
