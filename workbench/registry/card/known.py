"""Everything that is known of a version, gathered for its card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.catalog import Catalog
from workbench.errors import IntegrityError, UnknownNameError
from workbench.registry.card.comparison import Comparison, compared
from workbench.registry.card.span import Span, time_span
from workbench.registry.gate import GateResult
from workbench.registry.happened import EVALUATED
from workbench.registry.model import ModelState, read_model
from workbench.registry.trace import Step, Trace, trace
from workbench.registry.version import Version

if TYPE_CHECKING:
    from workbench.ledger import Head, Ledger
    from workbench.project import ModelConfig, Project

_LARGEST_PICTURE = 2 * 10**6  # bytes; a page is opened on a phone, too
_GROUPED = ("slices", "fairness")


@dataclass(frozen=True)
class Dataset:
    """A dataset that the version was made from; `wrong` says that its files are not those recorded."""

    name: str
    version: int | None
    rows: int | None
    fingerprint: str
    span: Span | None
    wrong: str = ""


@dataclass(frozen=True)
class Known:
    """What a card is written from.

    Attributes:
        config: what workbench.toml declares of the model today; None when it no longer does.
        learnt_from: what the training stage read.
        behind: what those datasets were made from.
        comparison: what the judging stage measured, or else the training stage.
        explanation: what came with the evidence on how the model comes to its answers.
    """

    version: Version
    state: ModelState
    trace: Trace
    config: ModelConfig | None
    learnt_from: tuple[Dataset, ...]
    behind: tuple[Dataset, ...]
    comparison: Comparison
    pictures: Mapping[str, tuple[Path, ...]]
    explanation: Mapping[str, Any]
    head: Head

    @property
    def groups(self) -> tuple[GateResult, ...]:
        """The gates that looked at parts of the rows: slices, groups of people or things."""
        return tuple(gate for gate in self.version.gates if gate.kind in _GROUPED)

    @property
    def rows_judged(self) -> int | None:
        """On how many rows the gates judged."""
        counts = [gate.evidence["rows"] for gate in self.version.gates if "rows" in gate.evidence]
        return max((count for count in counts if isinstance(count, int)), default=None)


def gather(version: Version, *, ledger: Ledger, project: Project) -> Known:
    """Return what is known of a version."""
    found = trace(version, ledger=ledger, project=project)
    config = project.config.models.get(version.model)
    logged = found.judged.metrics if found.judged else {}
    metrics = logged or _measured(version) or version.metrics  # never mixed: they are of different rows
    trained = found.trained
    near = _datasets(version.inputs, ledger, project)
    names = {dataset.name for dataset in near}
    far: dict[str, Any] = {}
    for step in found.made[:-1]:
        far |= {read.name: read.__dict__ for read in (*step.saved, *step.reads) if read.name not in names}
    steps = {"judging": found.judged, "training": trained}
    return Known(
        version,
        read_model(ledger, version.model),
        found,
        config,
        near,
        _datasets(far, ledger, project),
        compared(metrics, config.metric if config else ""),
        {what: _pictures(step, project) for what, step in steps.items() if step},
        _explanation(version, ledger),
        ledger.head(),
    )


def _measured(version: Version) -> dict[str, float | None]:
    """Return the numbers that gates measured on all rows, for a stage that logs none."""
    found: dict[str, float | None] = {}
    for gate in version.gates:
        name, evidence = gate.evidence.get("metric"), gate.evidence
        if gate.kind == "quality" and name:
            found[name] = evidence.get("value")
        elif gate.against and name and "candidate" in evidence:
            found |= {name: evidence["candidate"], f"champion_{name}": evidence.get("champion")}
    return found


def _explanation(version: Version, ledger: Ledger) -> Mapping[str, Any]:
    """Return the newest that came with evidence; gates that ran again may have come without one."""
    key = str(version.number)
    events = ledger.find(kinds=(EVALUATED,), subject=version.model, key=key, newest_first=True)
    found = (event.data.get("explanation") for event in events)
    return next((each for each in found if isinstance(each, Mapping) and each), {})


def _datasets(
    records: Mapping[str, Mapping[str, Any]], ledger: Ledger, project: Project
) -> tuple[Dataset, ...]:
    return tuple(
        _dataset(name, record, ledger, project)
        for name, record in records.items()
        if record["kind"] == "dataset"
    )


def _dataset(name: str, record: Mapping[str, Any], ledger: Ledger, project: Project) -> Dataset:
    number = record.get("version")
    span, wrong = None, ""
    try:
        whole = Catalog(ledger).version(name, number) if number else None
        if whole is not None and whole["fingerprint"] == record["fingerprint"]:
            span = time_span(whole, project)
    except UnknownNameError:
        pass
    except IntegrityError:
        wrong = "its files are not those recorded"
    return Dataset(name, number, record.get("rows"), record["fingerprint"], span, wrong)


def _pictures(step: Step, project: Project) -> tuple[Path, ...]:
    folder = project.layout.attempt(step.run, step.entry, step.attempt) / "figures"
    found = sorted(folder.glob("*.png"), key=lambda path: path.stat().st_mtime_ns)
    return tuple(path for path in found if path.stat().st_size <= _LARGEST_PICTURE)
