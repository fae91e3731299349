"""What a notebook holds in its hand: `stage = wb.stage("train")`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from workbench.errors import ParameterError, UnknownNameError, UsageError, nearest
from workbench.pipeline.readable import readable
from workbench.pipeline.space import Space
from workbench.pipeline.ticket import Ticket, current_ticket

if TYPE_CHECKING:
    from workbench.project import ModelConfig, Project
    from workbench.tracking.trust import Trust


class StageFinished(Exception):
    """Ends a stage early as a success; the remaining cells are not run."""

    def _render_traceback_(self) -> list[str]:
        return [f"Stage finished early: {self}"]


class StageRejected(Exception):
    """Ends a stage with a no: nothing of it is committed but its evidence."""

    def _render_traceback_(self) -> list[str]:
        return [f"Rejected: {self}"]


class Stage:
    """A stage's inputs, outputs and log, the same for a person and for the runner.

    Headless it reads the exact versions that the runner chose and writes into the attempt's own space.
    In JupyterLab it reads the versions of the last committed run and writes into a scratch space.
    """

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._space = Space(ticket.folder).prepare()
        root = str(ticket.root)
        if root not in sys.path:
            sys.path.insert(0, root)

    def __repr__(self) -> str:
        how = "interactive" if self._ticket.interactive else f"run {self.run}, attempt {self._ticket.attempt}"
        return f"<Stage {self.name!r}: {how}>"

    @property
    def name(self) -> str:
        """The stage's name in workbench.toml."""
        return self._ticket.stage

    @property
    def run(self) -> str:
        """The run's id; `scratch` in an interactive session."""
        return self._ticket.run

    @property
    def seed(self) -> int:
        """The project's seed: use it wherever something is random, and the stage can be reproduced."""
        return self._ticket.seed

    @property
    def inputs(self) -> Mapping[str, Mapping[str, Any]]:
        """The record of every input by name: kind, version, fingerprint, files."""
        return self._ticket.inputs

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names that this stage declares to save."""
        return self._ticket.outputs

    @property
    def folder(self) -> Path:
        """The attempt's own folder, for files that are not declared outputs."""
        return self._space.folder

    @cached_property
    def project(self) -> Project:
        """The project that the stage belongs to."""
        from workbench.project import load_project

        return load_project(Path(self._ticket.root))

    def model_config(self, name: str) -> ModelConfig:
        """Return what workbench.toml declares for a model."""
        return self.project.model(name)

    def now(self) -> datetime:
        """Return the project time at which this attempt began; use it in place of the wall clock."""
        return datetime.fromisoformat(self._ticket.at)

    def load(self, name: str, *, as_: str = "pandas", columns: list[str] | None = None) -> Any:
        """Return an input of this stage, its digests checked before a byte of it is parsed.

        Args:
            name: an input declared in workbench.toml: an output of another stage, a source, a model.
            as_: for a table: "pandas", "polars", "arrow" or "duckdb".
            columns: for a table: only these columns.

        Returns:
            A dataset's table, an artifact's value, or a native model; None for a `MODEL@ALIAS` that
            nobody holds yet.

        Raises:
            UsageError: the input is not declared, or nothing was ever committed under its name.
            IntegrityError: the stored bytes are not those recorded.
            SourceError: a source does not answer, or is not what was declared.
        """
        record = self._input(name)
        kind = record["kind"]
        if kind == "absent":
            return None
        if kind in ("dataset", "source"):
            from workbench.data import Datasets

            return Datasets(self._ticket.data).read(cast(Any, record), columns=columns, as_=as_)
        if kind == "model":
            from workbench.tracking.model_store import load_model

            return load_model(record, Path(record["uri"]), trust=self._trust(name))
        from workbench.data import load_artifact

        return load_artifact(record, Path(record["uri"]))

    def save(self, name: str, value: Any, *, example: Any = None, reference: Any = None) -> None:
        """Keep an output; it becomes visible to others when the stage has succeeded.

        Args:
            name: an output declared in workbench.toml.
            value: a table (pandas, Polars, Arrow, DuckDB), a model, a figure, a NumPy array, a dict or
                list (JSON), a text, bytes, or a Path to copy.
            example: for a model: a few rows of its features, stored with its signature.
            reference: for a model: what it was trained on, from `wb.reference`, by which drift is seen.

        Raises:
            UsageError: the output is not declared, or the value's type cannot be stored.
        """
        self._check_output(name)
        folder = self._space.output(name)
        _empty(folder)
        from workbench.pipeline.keep import keep

        told = {"example": example, "reference": reference, "trust": lambda: self._trust(name)}
        self._space.write_record(name, keep(value, folder, name, **told))

    def validate(self, name: str, table: Any) -> Any:
        """Hold a table to a contract and return the rows that keep it; the others are set aside.

        Those go to the output `NAME_quarantine`, each with the rules that it breaks in `_rule`. When they
        are a larger share than the contract allows, the stage is rejected, with the counts as evidence.

        Args:
            name: a contract declared in workbench.toml.
            table: pandas, Polars, Arrow or DuckDB.

        Returns:
            A table of the same library, with the contract's types.

        Raises:
            UsageError: there is no such contract, or it does not fit the table; or the output for the
                quarantine is not declared.
        """
        from workbench.pipeline.validation import validated

        held, clean = validated(self, name, table)
        self.save(f"{name}_quarantine", held.quarantine)
        self.log_metrics({f"{name}_quarantined": held.quarantine.num_rows, f"{name}_rows": held.rows})
        if held.refusal:
            self.reject(held.refusal, evidence=held.to_dict())
        return clean

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Log numbers; each is kept with the run and shown wherever runs are compared."""
        for name, value in metrics.items():
            try:
                float(value)
            except (TypeError, ValueError) as error:
                raise ParameterError(
                    f"Metric {name!r} is {value!r}, which is not a number.",
                    hint="Log texts with stage.log_text and tables with stage.log_table.",
                    name=name,
                    where=self.name,
                ) from error
        self._space.add_metrics(metrics, step, self.now().isoformat())

    def log_metric(self, name: str, value: float, step: int | None = None) -> None:
        """Log one number."""
        self.log_metrics({name: value}, step)

    def log_figure(self, figure: Any, name: str) -> None:
        """Keep a Matplotlib figure as PNG with the run."""
        figure.savefig(self._figure(name, ".png"), dpi=120, bbox_inches="tight")

    def log_text(self, text: str, name: str) -> None:
        """Keep a text with the run."""
        self._figure(name, ".txt").write_text(text, encoding="utf-8")

    def log_table(self, table: Any, name: str) -> None:
        """Keep a small table as CSV with the run."""
        import pyarrow.csv

        from workbench.data import to_arrow

        pyarrow.csv.write_csv(to_arrow(table), self._figure(name, ".csv"))

    def request(self, kind: str, **data: Any) -> None:
        """Ask something of the layers above, to be done when this stage ends: evidence, a proposal."""
        self._space.add_request({"kind": kind, **data})

    def finish(self, reason: str) -> None:
        """End the stage here as a success, for the given reason; the cells below are not run."""
        self._space.write_end("finish", reason)
        raise StageFinished(reason)

    def reject(self, reason: str, evidence: Any = None) -> None:
        """End the stage with a no: the run is `rejected`, what depends on the stage is skipped."""
        self._space.write_end("reject", reason, evidence)
        raise StageRejected(reason)

    def _input(self, name: str) -> dict[str, Any]:
        record = self._ticket.inputs.get(name)
        if record is None:
            declared = sorted(self._ticket.inputs)
            error = UnknownNameError("input", name, declared)
            hint = error.hint or "This stage declares no inputs."
            raise UsageError(
                f"Stage {self.name!r} does not declare {name!r} among its inputs.",
                hint=f"{hint} Add it to stages.{self.name}.inputs in workbench.toml to read it.",
            )
        record = self._ticket.inputs[name] = readable(self, name, record)
        return record

    def _trust(self, name: str) -> Trust:
        from workbench.tracking.trust import trust_of

        return trust_of(self.project, name)

    def _check_output(self, name: str) -> None:
        if name in self._ticket.outputs:
            return
        close = nearest(name, self._ticket.outputs)
        hint = f"Did you mean {close!r}? " if close else ""
        raise UsageError(
            f"Stage {self.name!r} does not declare {name!r} among its outputs.",
            hint=f"{hint}Add it to stages.{self.name}.outputs in workbench.toml to save it.",
        )

    def _figure(self, name: str, suffix: str) -> Path:
        path = self._space.folder / "figures" / f"{name.removesuffix(suffix)}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def attempted(name: str) -> Stage | None:
    """Return the stage that this process was started to run, None in a person's session.

    Raises:
        UsageError: the notebook runs as another stage than it asks for.
    """
    ticket = current_ticket()
    if ticket is None:
        return None
    if ticket.stage != name:
        raise UsageError(
            f"This notebook runs as stage {ticket.stage!r}, but asks for stage {name!r}.",
            hint=f"Write wb.stage({ticket.stage!r}), or name the right notebook in workbench.toml.",
        )
    from workbench.tracking.active import adopt_run

    adopt_run()
    return Stage(ticket)


def _empty(folder: Path) -> None:
    if folder.exists():
        import shutil

        shutil.rmtree(folder)
    folder.mkdir(parents=True)
