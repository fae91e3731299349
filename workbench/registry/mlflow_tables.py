"""Reads what MLflow shows of a model from its tables."""

from __future__ import annotations

from workbench.registry.shown import UNJUDGED, Shown
from workbench.registry.version import ALIASES
from workbench.tracking.tables import Ask
from workbench.tracking.tables import read_tables as read

NUMBER_TAG = "workbench.version"
VERDICT_TAG = "workbench.verdict"
_TAGS = (
    "SELECT t.version, t.key, t.value FROM model_version_tags t"
    " JOIN model_versions v ON v.name = t.name AND v.version = t.version"
    " WHERE t.name = :model AND v.current_stage <> 'Deleted_Internal'"
)
_ALIASES = "SELECT alias, version FROM registered_model_aliases WHERE name = :model"


def read_tables(uri: str, model: str) -> Shown | None:
    """Return what MLflow's database shows of a model; None when only MLflow itself can say."""
    return read(uri, lambda ask: _shown(ask, model), Shown())


def _shown(ask: Ask, model: str) -> Shown:
    tags: dict[int, dict[str, str]] = {}
    for version, key, value in ask(_TAGS, {"model": model}):
        tags.setdefault(int(version), {})[key] = value
    ours: dict[int, int] = {}
    for theirs in sorted(tags, reverse=True):
        number = tags[theirs].get(NUMBER_TAG, "")
        if number.isdigit():
            ours[int(number)] = theirs
    by_theirs = {theirs: number for number, theirs in ours.items()}
    named = {alias: int(version) for alias, version in ask(_ALIASES, {"model": model})}
    return Shown(
        {number: tags[theirs].get(VERDICT_TAG, UNJUDGED) for number, theirs in ours.items()},
        {alias: by_theirs.get(named[alias]) for alias in ALIASES if alias in named},
    )
