"""One run of a notebook under check: clean, headless, and watched from inside its kernel."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from workbench.data.digest import sha256_file
from workbench.kernels.settings import KernelSettings
from workbench.ledger.actor import local_actor
from workbench.parity.subject import Copy, Subject, copy_for
from workbench.pipeline.attempt import AttemptResult, AttemptSpec, Stop, perform
from workbench.pipeline.budget import machine_cpus, thread_variables
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.space import Space
from workbench.pipeline.ticket import Ticket
from workbench.tracking.active import session_variables

_FIRST = "__import__('workbench.parity.kernel.begin', fromlist=['begin']).begin({path!r})"
_KERNEL = "python3"
_HOUR = 3600.0
_CELL = re.compile(r"\bcell (\d+)\b")
_HEARTBEAT = 10.0
_PRELOADED = ("pandas", "pyarrow", "polars", "duckdb")

OnCell = Callable[[int, int, str], None]
"""Is told of a cell that begins: its number, how many there are, its first line."""


@dataclass(frozen=True)
class World:
    """In what two runs of the same notebook may differ.

    Attributes:
        chance: what all chance follows from that nobody pins.
        shift: seconds by which the calendar is moved.
        hashing: the order of sets of texts; None: as it comes.
    """

    chance: int = 1
    shift: float = 0.0
    hashing: int | None = None


@dataclass(frozen=True)
class Means:
    """What trials stand on.

    Attributes:
        folder: throw-away; every file of every trial is written below it.
        at: the project time of all of them.
        seed: the project's.
        data: where committed datasets are.
        warm: the settings of the server that kernels are forked from; None: cold ones.
    """

    folder: Path
    at: datetime
    seed: int = 0
    data: str = ""
    warm: KernelSettings | None = None


@dataclass(frozen=True)
class Trial:
    """What one run did.

    Attributes:
        lines: what was seen in the kernel, in order.
        files: the digests of what it wrote outside of its space, by path, as they were at its end.
        copy: the notebook as its kernel got it.
    """

    world: World
    folder: Path
    result: AttemptResult
    lines: tuple[Mapping[str, Any], ...]
    copy: Copy = field(repr=False)
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def ran(self) -> bool:
        """Whether it came to an end that a stage may have."""
        return self.result.outcome in (Outcome.SUCCEEDED, Outcome.REJECTED)

    @property
    def reason(self) -> str:
        """Why it ended so, with the cells' own numbers."""
        if self.ran:
            return self.result.reason
        own = self.copy.numbers
        return _CELL.sub(lambda found: f"cell {own[int(found[1]) - 1]}", self.result.reason, count=1)

    @property
    def failed_at(self) -> int | None:
        """The cell that raised; None when none did, or when it was none of the notebook's."""
        error = self.result.error
        return self.copy.numbers[error["cell"] - 1] if error and error["cell"] else None

    @cached_property
    def outputs(self) -> dict[int, list[dict[str, Any]]]:
        """What each cell shows in the executed notebook."""
        path = Space(self.folder).notebook
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.exists() else []
        pairs = zip(self.copy.numbers, cells, strict=False)
        return {number: cell.get("outputs", []) for number, cell in pairs if number}

    def seen(self, *kinds: str) -> list[Mapping[str, Any]]:
        """Return what was seen of some kinds."""
        return [line for line in self.lines if line["what"] in kinds]


class _Told:
    """Passes on which cell begins, by its number in the original."""

    def __init__(self, numbers: Sequence[int | None], on_cell: OnCell) -> None:
        self._numbers = numbers
        self._on_cell = on_cell

    def cell_started(self, entry: str, number: int, cells: int, first_line: str) -> None:  # noqa: ARG002
        own = self._numbers[number - 1]
        if own is not None:
            self._on_cell(own, sum(each is not None for each in self._numbers), first_line)


def run_trial(
    subject: Subject,
    world: World,
    means: Means,
    *,
    number: int,
    inputs: Mapping[str, dict[str, Any]],
    on_cell: OnCell,
    stop: Stop | None = None,
) -> Trial:
    """Run a notebook once, to whatever end; nothing of it is left but files in the throw-away folder.

    Args:
        subject: the notebook.
        world: clock and chance of this run.
        means: what it stands on.
        number: of the run, counted from 1.
        inputs: the records of what it reads, located.
        on_cell: is told of cells as they begin.
        stop: carries the wish to end it.
    """
    place = Path(tempfile.mkdtemp(prefix=f"{subject.name}-{number}-", dir=means.folder))
    Space(place).prepare()
    orders, lines = (means.folder / f"{place.name}.{kind}" for kind in ("orders.json", "lines.jsonl"))
    copy = copy_for(subject, _FIRST.format(path=str(orders)))
    orders.write_text(
        json.dumps(_orders(subject, copy, world, means=means, place=place, lines=lines)), encoding="utf-8"
    )
    spec = _spec(subject, copy, world, means=means, place=place, inputs=inputs)
    result = perform(spec, _Told(copy.numbers, on_cell), stop or Stop())
    seen = tuple(_read(lines))
    return Trial(world, place, result, seen, copy, _digests(seen))


def _orders(
    subject: Subject, copy: Copy, world: World, *, means: Means, place: Path, lines: Path
) -> dict[str, Any]:
    flows = subject.constants.flows
    names = {str(n): sorted(flows[n].bound | flows[n].used) for n in copy.executed if n in flows}
    texts = "\n".join([*(cell.source for cell in subject.messy.code), *_module_texts(subject)])
    return {
        "root": str(subject.root),
        "folder": str(place),
        "spaces": [str(means.folder)],
        "lines": str(lines),
        "executed": list(copy.executed),
        "names": names,
        "preload": [name for name in _PRELOADED if name in texts],
        "base": means.at.timestamp(),
        "shift": world.shift,
        "chance": world.chance,
    }


def _module_texts(subject: Subject) -> list[str]:
    paths = (subject.root / path for path in subject.modules)
    return [path.read_text(encoding="utf-8", errors="replace") for path in paths if path.suffix == ".py"]


def _spec(
    subject: Subject,
    copy: Copy,
    world: World,
    *,
    means: Means,
    place: Path,
    inputs: Mapping[str, dict[str, Any]],
) -> AttemptSpec:
    stage = subject.stage
    ticket = Ticket(
        root=str(subject.root),
        run="check",
        pipeline="",
        stage=subject.name,
        entry=subject.name,
        attempt=1,
        folder=str(place),
        at=means.at.isoformat(),
        actor=local_actor(),
        seed=means.seed,
        data=means.data,
        inputs=dict(inputs),
        outputs=tuple(stage.config.outputs) if stage else (),
        parameters=stage.canonical if stage else {},
    )
    store = means.folder / "mlflow"
    store.mkdir(exist_ok=True)
    tracking = session_variables(f"sqlite:///{store / 'mlflow.db'}", store.as_uri(), "check")
    hashing = {} if world.hashing is None else {"PYTHONHASHSEED": str(world.hashing)}
    return AttemptSpec(
        ticket=ticket,
        notebook=copy.text,
        cwd=str(subject.folder),
        kernel_name=_KERNEL,
        env={**thread_variables(max(1, machine_cpus() // 2)), **tracking, **hashing},
        timeout=stage.config.timeout.total_seconds() if stage else _HOUR,
        heartbeat=_HEARTBEAT,
        output_limit=10**6,
        save_every=_HOUR,
        warm=means.warm,
    )


def _digests(lines: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    paths = {Path(line["path"]) for line in lines if line["what"] == "write"}
    return {str(path): sha256_file(path) for path in paths if path.is_file()}


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return [json.loads(line) for line in lines if line.endswith("}")]
