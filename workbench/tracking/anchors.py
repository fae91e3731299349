"""The heads of the ledger that MLflow's runs keep in a tag: out of reach of whoever changes the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.errors import TrackingError
from workbench.ledger import Anchor, parse_head
from workbench.tracking.store import open_client
from workbench.tracking.tables import Ask, read_tables

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

HEAD_TAG = "workbench.ledger_head"
_UNPLACED = re.compile("[0-9a-f]{64}")  # as it was written before a position stood beside it
_TAGS = (
    "SELECT r.run_uuid, r.name, t.value FROM tags t"
    " JOIN runs r ON r.run_uuid = t.run_uuid"
    " JOIN experiments e ON e.experiment_id = r.experiment_id"
    " WHERE t.key = :tag AND e.name = :experiment"
)

Row = tuple[str, str | None, str]


def read_anchors(tracking_uri: str, artifacts_uri: str, experiment: str) -> tuple[list[Anchor], list[str]]:
    """Return the anchors that a project's runs in MLflow keep, and what is wrong with others.

    Deleted runs are asked too. Nothing is opened where no store is.

    Raises:
        TrackingError: the store cannot be read.
    """

    def look(ask: Ask) -> list[Row]:
        return [tuple(row) for row in ask(_TAGS, {"tag": HEAD_TAG, "experiment": experiment})]

    none: list[Row] = []
    rows = read_tables(tracking_uri, look, none)
    if rows is None:
        rows = list(_asked(open_client(tracking_uri, artifacts_uri), experiment))
    anchors, wrong = [], []
    for run_id, name, text in rows:
        where, head = f"MLflow run {run_id} ({name})" if name else f"MLflow run {run_id}", parse_head(text)
        if head is not None:
            anchors.append(Anchor(head.position, head.hash, where))
        elif not _UNPLACED.fullmatch(text):
            wrong.append(f"{where} keeps {text[:80]!r} in its tag {HEAD_TAG}, which is no POSITION:HASH")
    return anchors, wrong


def _asked(client: MlflowClient, experiment: str) -> Iterator[Row]:
    from mlflow.entities import ViewType
    from mlflow.exceptions import MlflowException

    try:
        found = client.get_experiment_by_name(experiment)
        token = None
        while found is not None:
            page = client.search_runs(
                [found.experiment_id],
                f"tags.`{HEAD_TAG}` != ''",
                run_view_type=ViewType.ALL,
                max_results=1000,
                page_token=token,
            )
            for run in page:
                yield run.info.run_id, run.info.run_name, run.data.tags[HEAD_TAG]
            token = page.token
            if not token:
                return
    except MlflowException as error:
        raise TrackingError(
            f"MLflow's store refused to tell its runs: {error}", hint="Check that it is reachable."
        ) from error
