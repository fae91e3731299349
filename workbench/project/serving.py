"""`[serving]` and `[models.NAME.serving]`: how models answer callers."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from workbench.project.field import PositiveDuration, Size, Text
from workbench.project.table import Table

UnknownCategory = Literal["missing", "refuse"]


class ServingConfig(Table):
    """`[serving]`: the scoring service of all models of the project.

    Attributes:
        host: the address that it listens on; only this machine's own by default.
        port: the TCP port; 0 takes a free one.
        workers: processes that answer; as many as there are cores when left out.
        token: whether a caller must bring a token, or may.
        max_body: bytes of a request's body; more is refused unread.
        max_rows: rows of a request.
        timeout: for receiving a request's body, and for scoring it.
        grace: for requests under way when the service is stopped.
        rate: rows a second for each caller, in each worker a fair part of it; unlimited when left out.
        durability: whether a row of the log is with the operating system before the answer, or on the disk.
        log_failure: what happens to a request whose rows cannot be logged.
        keep: versions that stay loaded beside those that serve, so that a rollback is immediate.
        compact_every: how often what was logged joins the prediction log's tables.
        trial_timeout: for one step of trying a version aside.
        tls_certificate, tls_key: files in PEM form, relative to the project or absolute; both or neither.
    """

    host: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    workers: Annotated[int, Field(ge=1, le=256)] | None = None
    token: Literal["required", "optional"] = "optional"  # noqa: S105 - a policy, not a secret
    max_body: Size = 8 * 10**6
    max_rows: Annotated[int, Field(ge=1)] = 10_000
    timeout: PositiveDuration = timedelta(seconds=10)
    grace: PositiveDuration = timedelta(seconds=10)
    rate: Annotated[float, Field(gt=0)] | None = None
    durability: Literal["os", "fsync"] = "os"
    log_failure: Literal["answer", "refuse"] = "answer"
    keep: Annotated[int, Field(ge=0, le=100)] = 3
    compact_every: PositiveDuration = timedelta(seconds=30)
    trial_timeout: PositiveDuration = timedelta(seconds=60)
    tls_certificate: Text | None = None
    tls_key: Text | None = None


class ModelServingConfig(Table):
    """`[models.NAME.serving]`: what one model does otherwise.

    Attributes:
        unknown_category: a text that training never saw counts as missing, or the row is refused.
        sensitive: how columns marked sensitive are logged: hashed, or not at all.
        max_rows: rows of a request; the service's when left out.
    """

    unknown_category: UnknownCategory = "missing"
    sensitive: Literal["hash", "drop"] = "hash"
    max_rows: Annotated[int, Field(ge=1)] | None = None
