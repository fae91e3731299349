"""What a notebook holds in its hand: `stage = wb.stage("train")`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from workbench.errors import UnknownNameError, UsageError, nearest
from workbench.pipeline.ended_early import StageFinished, StageRejected
from workbench.pipeline.readable import readable
from workbench.pipeline.space import Space
from workbench.pipeline.stage_log import StageLog
from workbench.pipeline.ticket import Ticket, current_ticket

if TYPE_CHECKING:
    from workbench.pipeline.recorded import Recorded
    from workbench.pipeline.sitting import Sitting
    from workbench.project import ModelConfig, Project
    from workbench.tracking.trust import Trust


class Stage(StageLog):
    """A stage's inputs, outputs and log, the same for a person and for the runner.

    Headless it reads the exact versions that the runner chose and writes into the attempt's own space.
    In JupyterLab it reads the versions of the last committed run, or those of the run that the stage was
    opened with, and writes into a scratch space.

    Args:
        ticket: what it may read, and where it writes.
        sitting: a person's session; None when a runner started it.
    """

    def __init__(self, ticket: Ticket, sitting: Sitting | None = None) -> None:
        self._ticket = ticket
        self._sitting = sitting
        self._space = Space(ticket.folder).prepare()
        root = str(ticket.root)
        if root not in sys.path:
            sys.path.insert(0, root)

    def __repr__(self) -> str:
        as_of = f", as in run {self._ticket.as_of}" if self._ticket.as_of else ""
        attempt = f"run {self.run}, attempt {self._ticket.attempt}"
        return f"<Stage {self.name!r}: {f'interactive{as_of}' if self._ticket.interactive else attempt}>"

    @property
    def ticket(self) -> Ticket:
        """What it may read, and where it writes."""
        return self._ticket

    @property
    def run(self) -> str:
        """The run's id; `scratch` in an interactive session."""
        return self._ticket.run

    @property
    def as_of(self) -> str:
        """The run whose inputs an interactive session reads; empty when it reads the newest."""
        return self._ticket.as_of

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
        folder = self._space.begin_output(name)
        from workbench.pipeline.keep import keep

        told = {"example": example, "reference": reference, "trust": lambda: self._trust(name)}
        record = keep(value, folder, name, **told)
        self._space.write_record(name, record)
        if self._sitting:
            self._sitting.saved(self._ticket, name, record)

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

    def checkpoint(self, name: str, **values: Any) -> None:
        """Keep values, so that this notebook can be restarted behind this line.

        Write it as a statement of its own at the top level of a cell. As long as the code above it, what
        that reads and the inputs are unchanged, the next attempt begins here: imports, definitions and
        constants from above are run, the values are put in place, with all that was saved and logged by
        then. `--force` runs from the top. What cannot be kept is told, and the stage goes on.

        Args:
            name: of the checkpoint, a literal text.
            values: every variable that is used below and made above, as `frame=frame`: tables, models,
                arrays, texts, numbers, lists and dicts.
        """
        from workbench.pipeline.kept_values import keep_values

        sitting, namespace = self._sitting, sys._getframe(1).f_globals
        keep_values(self, name, values, lambda t: sitting.with_checkpoints(t, namespace) if sitting else t)

    def restore(self, name: str) -> None:
        """Put the values of a checkpoint into the notebook's variables, in place of running the cells above.

        Args:
            name: of a checkpoint that is valid: `wb.stage(…)` tells of it.

        Raises:
            UsageError: there is no such checkpoint, or it is not valid any more.
        """
        from workbench.pipeline.kept_values import restore_values

        namespace = sys._getframe(1).f_globals
        if self._sitting:
            self._sitting.restore(self, name, namespace)
        else:
            namespace.update(restore_values(self, Path(self._ticket.checkpoints[name])))

    def commit(self, reason: str = "") -> Recorded | None:
        """Record what this session has saved as a run of its own, where a rerun is too dear.

        The run is marked `interactive`, with the notebook as it is saved, its parameters and its inputs. A
        model that comes of it is not promoted, unless the project allows it. In a run it does nothing: the
        runner records what a stage has saved.

        Args:
            reason: why, for the record.

        Raises:
            UsageError: a declared output was not saved in this session, or an input was never made.
            ParameterError: a parameter has the wrong type or is out of range.
        """
        return self._sitting.commit(self, sys._getframe(1).f_globals, reason) if self._sitting else None

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
