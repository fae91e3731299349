"""A run by what a person calls it: its id, a unique beginning of it, or `last`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import UnknownNameError, UsageError

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
        return name.id
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
    hint = "" if ids else "Nothing has run yet. Start with wb.widgets.RunPipeline(), or: workbench run"
    raise UnknownNameError("run", name, ids[:1000], hint=hint)
