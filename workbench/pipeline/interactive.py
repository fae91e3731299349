"""A person's session on a stage: the same ticket that a runner would write, made from what is committed."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, Protocol

from workbench.clock import Clock
from workbench.data.place import located
from workbench.ledger.actor import local_user
from workbench.parameters import read_signature
from workbench.pipeline.extension import Extension
from workbench.pipeline.pin import Pin, sessions_folder
from workbench.pipeline.space import Space
from workbench.pipeline.ticket import Ticket
from workbench.project import Project


class Committed(Protocol):
    """Knows what is committed under a dataset's or artifact's name."""

    def current(self, name: str) -> Any:
        """Return the newest committed record, None when there is none."""


def interactive_ticket(
    project: Project,
    stage: str,
    *,
    committed: Committed,
    extension: Extension,
    clock: Clock,
    pin: Pin | None = None,
) -> Ticket:
    """Return the ticket for a person's session: a scratch space for outputs, and what it may read.

    That is what was last committed, or, with a pin, exactly what that run read.
    """
    config = project.stage(stage)
    user = local_user()
    folder = sessions_folder(project.layout, user, stage)
    Space(folder).restart()
    return Ticket(
        root=str(project.root),
        run="scratch",
        pipeline="",
        stage=stage,
        entry=stage,
        attempt=1,
        folder=str(folder),
        at=clock.now().isoformat(),
        actor=user,
        seed=project.config.project.seed,
        data=str(project.layout.data),
        inputs=_pinned(project, pin)
        if pin
        else committed_inputs(project, stage, committed=committed, extension=extension),
        outputs=tuple(config.outputs),
        interactive=True,
        as_of=pin.run if pin else "",
    )


def _pinned(project: Project, pin: Pin) -> dict[str, dict[str, Any]]:
    return {name: located(record, project.root) for name, record in pin.inputs.items()}


def committed_inputs(
    project: Project, stage: str, *, committed: Committed, extension: Extension
) -> dict[str, dict[str, Any]]:
    """Return the record of each input of a stage as last committed; kind `missing` where there is none."""
    upstream: dict[str, dict[str, Any]] = {}
    for name in project.stage(stage).inputs:
        producer = project.producer(name)
        if producer:
            missing = {"kind": "missing", "name": name, "stage": producer, "fingerprint": ""}
            upstream[name] = committed.current(name) or missing
    resolved = dict(upstream)
    for name in project.stage(stage).inputs:
        if name in project.config.sources:  # read when it is loaded
            resolved[name] = {"kind": "source", "name": name, "fingerprint": ""}
    for name in project.stage(stage).inputs:
        if name not in resolved:
            resolved[name] = extension.resolve_input(name, upstream) or {"kind": "absent", "fingerprint": ""}
    return {name: located(record, project.root) for name, record in resolved.items()}


def check_namespace(project: Project, stage: str, namespace: MutableMapping[str, Any]) -> dict[str, Any]:
    """Check the notebook's own variables against its typed parameters; return them all, in their types.

    What plain Papermill can only pass as text or as a float (a date, a Decimal) is turned into its type.

    Raises:
        ParameterError: a variable has the wrong type or is out of range.
    """
    signature = read_signature(project.root / project.stage(stage).notebook)
    given: dict[str, Any] = {name: namespace[name] for name in signature.names if name in namespace}
    texts = _texts_for_other_types(signature, given)
    given.update(signature.parse(texts, where=stage))
    values: dict[str, Any] = signature.validate(given, where=stage)
    namespace.update({name: values[name] for name in texts})
    return values


def _texts_for_other_types(signature: Any, given: Mapping[str, Any]) -> dict[str, str]:
    from datetime import date, datetime, time, timedelta
    from decimal import Decimal
    from pathlib import Path

    carried_as_text = (date, datetime, time, timedelta, Decimal, Path)
    kinds = {p.name: p.type for p in signature.parameters if p.type in carried_as_text}
    texts = {name: value for name, value in given.items() if name in kinds and isinstance(value, str)}
    fractions = {n: repr(v) for n, v in given.items() if kinds.get(n) is Decimal and isinstance(v, float)}
    return {**texts, **fractions}
