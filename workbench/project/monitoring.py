"""`[models.NAME.monitoring]` and `[models.NAME.challenge]`: how a model that serves is watched and judged."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from workbench.project.field import Name, PositiveDuration, Text
from workbench.project.table import Table

Share = Annotated[float, Field(gt=0, le=1)]
DriftMethod = Literal["psi", "jensenshannon", "wasserstein", "ks", "chisquare"]


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

    numbers: DriftMethod = "wasserstein"
    categories: DriftMethod = "jensenshannon"
    limit: Annotated[float, Field(gt=0)] | None = None
    rate: Annotated[float, Field(gt=0, lt=1)] = 0.05
    share: Annotated[float, Field(ge=0, le=1)] = 0.0
    min_rows: Annotated[int, Field(ge=1)] = 500
    min_blocks: Annotated[int, Field(ge=2)] = 5


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
        performance: limits of metrics by name, each with `at_least`, `at_most` or `max_change` (against the
            reference, in the metric's own unit).
        quality: limits of the data's own quality: `missing` (greatest growth of the share of missing values),
            `unseen` (greatest share of categories that training never saw).
        service: limits of `error_rate`, `latency_p99` (seconds), `log_lag` (seconds), `rows` (at least).
        slices: columns whose values are looked at one by one; those of the gates when left out.
        fairness: likewise for groups.
        threshold: from which score on a row is decided as 1; that of a gate, or 0.5, when left out.
    """

    stage: Name = "monitor"
    window: PositiveDuration = timedelta(days=7)
    block: Text = "1d"
    timezone: Text = "UTC"
    label_delay: PositiveDuration = timedelta(days=1)
    min_labels: Annotated[int, Field(ge=1)] = 200
    drift: DriftConfig = DriftConfig()
    performance: dict[Name, dict[str, float]] = Field(default_factory=dict)
    quality: dict[Name, float] = Field(default_factory=dict)
    service: dict[Name, Any] = Field(default_factory=dict)
    slices: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    fairness: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    threshold: Annotated[float, Field(gt=0, lt=1)] | None = None


class GuardrailsConfig(Table):
    """`guardrails = { … }`: what a challenger may not break; what is left out is not looked at.

    Attributes:
        error_rate: greatest share of its requests that fail.
        latency_ratio: greatest p99 of its latency as a multiple of the champion's.
        sample_ratio: level of the test that its share of the traffic is what was declared (chi-square).
        disagreement: greatest mean distance between its scores and the champion's on the same rows.
        fairness: greatest difference between groups of the mean score less the mean outcome.
        min_rows: with fewer rows of its own nothing is concluded.
    """

    error_rate: Annotated[float, Field(gt=0, lt=1)] | None = 0.01
    latency_ratio: Annotated[float, Field(gt=1)] | None = 5.0
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
        automatic: whether verdicts are acted upon at once; otherwise a person is asked.
    """

    metric: Text | None = None
    margin: Annotated[float, Field(ge=0)] = 0.0
    block: Text = "1d"
    timezone: Text = "UTC"
    label_delay: PositiveDuration = timedelta(days=1)
    level: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    min_blocks: Annotated[int, Field(ge=2)] = 10
    max_blocks: Annotated[int, Field(ge=2)] = 60
    min_rows: Annotated[int, Field(ge=1)] = 30
    arms: Annotated[tuple[Share, ...], Field(strict=False, min_length=1)] = (0.05, 0.25, 0.5, 1.0)
    arm_time: PositiveDuration = timedelta(days=1)
    guardrails: GuardrailsConfig = GuardrailsConfig()
    automatic: bool = True
