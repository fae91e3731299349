"""Which events follow when a stage has trained or evaluated a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from workbench.errors import RejectedError
from workbench.ledger import NewEvent
from workbench.registry.gate import GateResult
from workbench.registry.happened import CONFIRMED, EVALUATED, REGISTERED
from workbench.registry.model import ModelState
from workbench.registry.verdict import combined


def model_output(model: str, outputs: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return which of a training stage's outputs is the model: the only one, or the one named like it.

    Raises:
        RejectedError: there are several, none of that name.
    """
    names = [name for name, record in outputs.items() if record["kind"] == "model"]
    if model in names:
        return model
    if len(names) > 1:
        raise RejectedError(
            f"{len(names)} models were saved ({', '.join(names)}), and none of them is named {model!r}.",
            hint=f"Save the one that becomes a version of {model!r} under that name.",
            evidence=None,
        )
    return names[0] if names else None


def register(
    state: ModelState,
    output: Mapping[str, Any],
    *,
    run: str,
    stage: str,
    metrics: Mapping[str, float | None],
    parameters: Mapping[str, Any],
    inputs: Mapping[str, Mapping[str, Any]],
    tracking_id: str | None,
) -> list[NewEvent]:
    """Return the event that registers a model as the next version; none when its content is known.

    Where it is known from a person's session, and a runner has made it now, that is confirmed.
    """
    known = state.with_fingerprint(output["fingerprint"])
    if known is not None:
        if not known.interactive or output.get("interactive"):
            return []
        confirmed = {"model": state.name, "version": known.number, "run": run, "stage": stage}
        return [NewEvent(CONFIRMED, confirmed, subject=state.name, key=str(known.number))]
    number = len(state.versions) + 1
    data = {
        "model": state.name,
        "version": number,
        "run": run,
        "stage": stage,
        "output": dict(output),
        "fingerprint": output["fingerprint"],
        "metrics": {name: _number(value) for name, value in metrics.items()},
        "parameters": dict(parameters),
        "inputs": {name: _brief(record) for name, record in inputs.items()},
        "tracking_id": tracking_id,
    }
    return [NewEvent(REGISTERED, data, subject=state.name, key=str(number))]


def evaluate(
    state: ModelState,
    fingerprint: str,
    gates: Sequence[Mapping[str, Any]],
    *,
    against: int | None,
    data: Mapping[str, str],
    run: str,
    explanation: Mapping[str, Any] | None = None,
) -> list[NewEvent]:
    """Return the event that attaches evidence to the version of a candidate; none when it is no news.

    Raises:
        RejectedError: the candidate is no registered version.
    """
    version = state.with_fingerprint(fingerprint)
    if version is None:
        raise RejectedError(
            f"The candidate that was evaluated is no registered version of {state.name!r}.",
            hint=f"Run the stage that trains {state.name!r} again with --force, so that it is registered.",
            evidence=None,
        )
    results = tuple(GateResult.from_dict(gate) for gate in gates)
    last = version.evaluation
    found = (results, against, data, explanation or {})
    if last is not None and (last.gates, last.against, last.data, last.explanation) == found:
        return []
    event = {
        "model": state.name,
        "version": version.number,
        "verdict": combined(result.verdict for result in results).value,
        "gates": [result.to_dict() for result in results],
        "against": against,
        "data": dict(data),
        "run": run,
    }
    if explanation:
        event["explanation"] = dict(explanation)
    return [NewEvent(EVALUATED, event, subject=state.name, key=str(version.number))]


def _brief(record: Mapping[str, Any]) -> dict[str, Any]:
    wanted = ("kind", "fingerprint", "version", "rows", "model")
    return {key: record[key] for key in wanted if record.get(key) is not None}


def _number(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None  # JSON knows no NaN
