"""Whether the ledger can be believed: held to itself, to what was kept elsewhere, to what shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.errors import TrackingError
from workbench.ledger import Anchor, Head, Verification
from workbench.pipeline.anchors import read_anchors as in_notebooks
from workbench.tracking.anchors import read_anchors as in_mlflow

if TYPE_CHECKING:
    from workbench.project import Project
    from workbench.registry import Difference
    from workbench.workspace import Workspace


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Attributes:
        verification: of the chain, row by row.
        head: the last event that was verified.
        anchors: how many heads kept elsewhere the chain was held to, by what keeps them.
        unread: what could not be compared, a sentence each.
        differences: what MLflow shows of models otherwise than the ledger has it; nothing of it is adopted.
    """

    verification: Verification
    head: Head
    anchors: Mapping[str, int]
    unread: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong, and nothing was left out; a store that only lags is not wrong."""
        strays = any(difference.by_hand for difference in self.differences)
        return self.verification.ok and not self.unread and not strays

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        problems = [{"position": position, "problem": what} for position, what in self.verification.problems]
        return {
            "ok": self.ok,
            "events": self.verification.count,
            "head": {"position": self.head.position, "hash": self.head.hash},
            "anchors": dict(self.anchors),
            "problems": problems,
            "unread": list(self.unread),
            "differences": [{**vars(each), "said": str(each)} for each in self.differences],
        }


def audit(workspace: Workspace, *heads: Head, anchors: bool = True) -> Audit:
    """Verify the ledger's chain, hold it to every anchor, and compare what MLflow shows with it.

    Args:
        workspace: whose ledger.
        heads: more anchors, which somebody kept.
        anchors: whether to look for those in executed notebooks and in MLflow's runs.
    """
    # First the anchors: what is appended from here on is in none of them.
    kept, counts, unread = _kept(workspace.project) if anchors else ([], {}, [])
    head = workspace.ledger.head()
    verification = workspace.ledger.verify(*heads, *kept)
    differences: tuple[Difference, ...] = ()
    if verification.ok:  # from a ledger that is not whole nobody can tell what should be shown
        try:
            differences = tuple(workspace.registry.differences())
        except TrackingError as error:
            unread = [*unread, f"MLflow's registry: {error.message}"]
    return Audit(verification, head, counts, tuple(unread), differences)


def _kept(project: Project) -> tuple[list[Anchor], dict[str, int], list[str]]:
    layout = project.layout
    notebooks, unread = in_notebooks(layout.runs, project.root)
    try:
        runs, wrong = in_mlflow(layout.tracking_url, layout.artifacts_uri, project.name)
    except TrackingError as error:
        runs, wrong = [], [f"MLflow's runs: {error.message}"]
    return [*notebooks, *runs], {"notebooks": len(notebooks), "mlflow": len(runs)}, [*unread, *wrong]
