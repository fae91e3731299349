"""`wb.check`: hold a candidate against every gate that its model declares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.registry.candidate import Candidate
from workbench.registry.column import Given, aligned
from workbench.registry.gate import judged
from workbench.registry.gates import NamedGate, gates_of
from workbench.registry.needs import check_columns, check_needs
from workbench.registry.report import GateReport

if TYPE_CHECKING:
    import pandas as pd

    from workbench.pipeline.stage import Stage


def check(
    stage: Stage,
    *,
    model: str,
    y: Any,
    score: Any,
    champion_score: Any = None,
    incomparable: str = "",
    times: Any = None,
    frame: Any = None,
    predict: Callable[[pd.DataFrame], Any] | None = None,
    candidate: str | None = None,
) -> GateReport:
    """Run the gates of `[models.MODEL.gates]` on a candidate, and attach what they found to its version.

    Args:
        stage: the stage that evaluates; it reads the candidate and, for a comparison, `MODEL@champion`.
        model: the model's name in workbench.toml.
        y: the truth, one per row: 0 or 1, the class's index, or the value.
        score: the candidate's prediction for each row: the probability of 1, or the value; for several
            classes a table of probabilities, one column per class.
        champion_score: the champion's predictions of the same rows; None when there is no champion.
        incomparable: why the champion cannot be judged by these rows, such as that it has learnt from
            them; its scores are left out then, and the comparison is inconclusive for this reason.
        times: when each row happened; rows of one day are one piece of evidence.
        frame: a table of the same rows, with the candidate's features and whatever rows are grouped by.
        predict: what makes scores of rows of the frame; the candidate itself when None. Gates that change
            rows, and that time single ones, call it.
        candidate: the input that holds the candidate, when the stage reads several models.

    Returns:
        A report that shows itself as a table; `report.require()` rejects unless every gate passed.

    Raises:
        UsageError: the columns do not fit each other, or the stage does not read what a gate needs.
        ConfigurationError: a gate's settings are wrong.
    """
    config = stage.model_config(model)
    gates = gates_of(model, config)
    name = candidate or candidate_input(stage, model)
    champion = _champion(stage, model, gates, champion_score)
    given = Given(y, score, champion_score, times, frame)
    check_needs(gates, given)
    scored = replace(
        aligned(given, task=config.task, champion=champion),
        incomparable=incomparable,
        candidate=Candidate(
            partial(stage.load, name),
            task=config.task,
            files=stage.inputs.get(name, {}).get("files", ()),
            predict=predict,
        ),
    )
    check_columns(gates, scored)
    results = tuple(judged(gate.name, gate.kind, gate.gate, gate.rule, scored) for gate in gates)
    for result in results:
        if result.table:
            stage.log_table(list(result.table), f"gate_{result.name}")
    report = GateReport(model, results, stage)
    stage.request("evidence", candidate=name, **report.to_dict())
    return report


def propose(stage: Stage, model: str, *, reason: str = "", candidate: str | None = None) -> None:
    """Ask for the candidate when this stage has ended; the model's policy decides.

    With `[models.NAME.challenge]` declared it is to challenge the champion, otherwise to become champion,
    as the first of a model is.

    Args:
        stage: the stage that promotes; it reads the candidate.
        model: the model's name in workbench.toml.
        reason: why, for the record.
        candidate: the input that holds the candidate, when the stage reads several models.
    """
    name = candidate or candidate_input(stage, model)
    stage.request("proposal", model=model, candidate=name, reason=reason)


def candidate_input(stage: Stage, model: str) -> str:
    """Return the name of the input that holds the candidate: what the model's training stage saves."""
    config = stage.model_config(model)
    made = stage.project.stage(config.trained_by).outputs
    found = [name for name, record in stage.inputs.items() if name in made and record["kind"] == "model"]
    if len(found) == 1:
        return found[0]
    what = f"several models of {config.trained_by!r}: {', '.join(found)}" if found else "no model"
    raise UsageError(
        f"Stage {stage.name!r} reads {what}, so which is the candidate for {model!r} is not clear.",
        hint='Name it: candidate="…".'
        if found
        else f"Add what stage {config.trained_by!r} saves to stages.{stage.name}.inputs in workbench.toml, "
        f"and run {config.trained_by!r} first.",
    )


def _champion(stage: Stage, model: str, gates: Sequence[NamedGate], champion_score: Any) -> int | None:
    comparing = [g for g in gates if g.gate.compares]
    record = stage.inputs.get(f"{model}@champion")
    if comparing and record is None:
        raise UsageError(
            f"Gate {comparing[0].name!r} compares with the champion; stage {stage.name!r} does not read it.",
            hint=f'Add "{model}@champion" to stages.{stage.name}.inputs in workbench.toml.',
        )
    if record is None or record["kind"] != "model":
        if champion_score is not None:
            raise UsageError(
                f"wb.check got champion_score, but stage {stage.name!r} reads no champion of {model!r}.",
                hint=f'Score the champion only when stage.load("{model}@champion") is not None.',
            )
        return None
    return int(record["version"])
