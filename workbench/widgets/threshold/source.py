"""The scored rows that were kept with a model's version, where nobody gives columns of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import UnknownNameError, UsageError
from workbench.widgets.threshold.judged import MOST_GROUPS, Judged, read_judged

if TYPE_CHECKING:
    import pandas as pd

    from workbench.registry.version import Version
    from workbench.widgets.session import Session

_BINARY = "binary"


def of_model(session: Session, model: str, *, run: str | None = None, version: int | None = None) -> Judged:
    """Return the rows that a version was judged by before it served, with the groups kept beside them.

    Args:
        session: whose project it is.
        model: the model's name.
        run: the one that made the version; None: any.
        version: its number; None: that of the run, else the champion, else the newest.

    Raises:
        AccessError: the person may not look.
        UsageError: no rows were kept with it, or it is no model of two classes.
        UnknownNameError: there is no such model, run or version.
        IntegrityError: what was kept is not what was recorded.
    """
    from workbench.data.drift import load_reference
    from workbench.data.place import located

    session.person.require("view")
    config = session.project.model(model)
    if config.task != _BINARY:
        raise UsageError(
            f"Threshold is for two classes, but the task of {model!r} is {config.task}.",
            hint="Choose a class and give columns: Threshold(truth == CLASS, score[:, CLASS])",
        )
    chosen = _version(session, model, run, version)
    found = load_reference(located(chosen.output, session.project.root))
    held = found.held_out if found is not None else None
    if held is None:
        raise UsageError(
            f"Version {chosen.number} of {model!r} was saved without scored rows.",
            hint="Give them when it is saved: wb.reference(…, score=…, label=…); or give columns here: "
            "Threshold(truth, score)",
        )
    about = f"{model} version {chosen.number}, on rows that it had not learnt from"
    return read_judged(held.label, held.score, _groups(held.groups.to_pandas()), about=about)


def usual_threshold(session: Session, model: str) -> float | None:
    """Return the threshold that the project names for a model, None when it names none."""
    config = session.project.model(model)
    gates = (rule.get("threshold") for rule in config.gates.values())
    return config.monitoring.threshold or next((value for value in gates if value is not None), None)


def _version(session: Session, model: str, run: str | None, version: int | None) -> Version:
    state = session.store.model(model)
    if version is not None:
        return state.find(version)
    if run is not None:
        made = [each for each in state.versions.values() if run == each.run]
        if not made:
            known = sorted({each.run for each in state.versions.values()})
            raise UnknownNameError(f"run that made a version of {model!r}", run, known)
        return made[-1]
    return state.find(state.champion or max(state.versions, default=1))


def _groups(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of few enough values, which groups can be made by."""
    return table[[name for name in table.columns if 1 < table[name].nunique() <= MOST_GROUPS]]
