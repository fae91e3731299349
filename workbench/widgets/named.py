"""A run or a model by what a person calls it: a run's id, a unique beginning of it, or `last`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import UnknownNameError, UsageError, nearest
from workbench.insight.store import NO_MODEL

if TYPE_CHECKING:
    from workbench.insight import RunSummary, Store

_MOST_NAMED = 5


def run_named(store: Store, name: str | RunSummary) -> str:
    """Return the id of a run.

    Raises:
        UnknownNameError: there is no such run.
        UsageError: several runs begin so.
    """
    if not isinstance(name, str):
        return _id_of(name)
    name = name.strip()  # as it was pasted
    ids = [run.id for run in store.runs()]
    if name == "last" and ids:
        return ids[0]
    if name in ids:
        return name
    fits = [known for known in ids if name and known.startswith(name)]
    if len(fits) == 1:
        return fits[0]
    if fits:
        more = " …" if len(fits) > _MOST_NAMED else ""
        raise UsageError(
            f"{len(fits)} runs begin with {name!r}: {', '.join(fits[:_MOST_NAMED])}{more}.",
            hint="Write more of the id, or `last` for the newest run.",
        )
    raise UnknownNameError("run", name, ids[:1000], hint=_runs_there_are(name, ids))


def model_named(store: Store, name: str | None) -> str:
    """Return the name of a model, that of the only one when None.

    Raises:
        UnknownNameError: there is no such model.
        UsageError: there is none at all, or more than one.
    """
    if name is not None:
        return store.model(name).name
    names = [model.name for model in store.models()]
    if not names:
        raise UsageError("The project has no model yet.", hint=NO_MODEL)
    if len(names) > 1:
        raise UsageError(
            f"The project has {len(names)} models, so which is meant is not clear.",
            hint=f"Name one: {', '.join(names)}.",
        )
    return names[0]


def _id_of(given: object) -> str:
    found = getattr(given, "id", None)
    if not isinstance(found, str):
        raise UsageError(
            f"A run is named by its id, but got {given!r} ({type(given).__name__}).",
            hint="Give the id, its beginning, or 'last'; wb.widgets.Runs() lists them.",
        )
    return found


def _runs_there_are(name: str, ids: list[str]) -> str:
    """Return what a person may have meant, the newest first."""
    if not ids:
        return "Nothing has run yet. Start with wb.widgets.RunPipeline(), or: workbench run"
    close = nearest(name, ids[:1000])
    newest = f"The newest: {', '.join(ids[:_MOST_NAMED])}{' …' if len(ids) > _MOST_NAMED else ''}."
    return f"Did you mean {close!r}?" if close else newest
