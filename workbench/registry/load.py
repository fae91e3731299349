"""`wb.load("flight-delay@champion")`: a version's model, its digests checked before a byte is parsed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.place import located
from workbench.errors import UnknownNameError, UsageError
from workbench.registry.model import read_model
from workbench.registry.version import ALIASES, CHAMPION, Version

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.project import Project


def resolve(reference: str, ledger: Ledger) -> Version:
    """Return the version that a reference means.

    Args:
        reference: `MODEL@ALIAS`, `MODEL/NUMBER`, or `MODEL` for its champion.
        ledger: where versions and aliases are recorded.

    Raises:
        UsageError: it is written otherwise, or nobody holds the alias.
        UnknownNameError: there is no such model, alias or version.
    """
    model, separator, rest = reference.partition("@") if "@" in reference else reference.partition("/")
    state = read_model(ledger, model)
    if not state.versions:
        known = {e.subject for e in ledger.find(kinds=("version.registered",))}
        hint = "" if known else "Run the pipeline that trains it: workbench run"
        raise UnknownNameError("registered model", model, known, hint=hint)
    if separator == "/":
        if not (rest.isascii() and rest.isdigit()):
            raise UsageError(
                f"{reference!r} names no version: after the slash {rest!r} is not a number.",
                hint=f"Write {model}/1, {model}@champion or {model}@challenger.",
            )
        return state.find(int(rest))
    alias = rest if separator else CHAMPION
    if alias not in ALIASES:
        raise UnknownNameError("alias", alias, ALIASES)
    if alias not in state.aliases:
        raise UsageError(
            f"Nobody is {alias} of {model!r} yet; registered are {len(state.versions)} versions.",
            hint=f"Promote one: workbench promote {model} VERSION",
        )
    return state.find(state.aliases[alias])


def load(reference: str, *, ledger: Ledger, project: Project) -> Any:
    """Return the native model that a reference means: `MODEL@ALIAS`, `MODEL/NUMBER` or `MODEL`.

    Raises:
        UsageError: the reference is wrong, or nobody holds the alias.
        IntegrityError: the stored bytes are not those recorded; nothing of them was parsed.
    """
    return load_version(resolve(reference, ledger), project)


def load_version(version: Version, project: Project) -> Any:
    """Return the native model of a version.

    Raises:
        UsageError: its library is not installed, or it is a pickle and those are not allowed.
        IntegrityError: the stored bytes are not those recorded; nothing of them was parsed.
    """
    from workbench.tracking.model_store import load_model
    from workbench.tracking.trust import trust_of

    record = located(version.record(), project.root)
    trust = trust_of(project, record["model"])
    if trust.types and str(project.root) not in sys.path:
        sys.path.insert(0, str(project.root))  # what a project trusts is mostly its own
    return load_model(record, Path(record["uri"]), trust=trust)


def verify(version: Version, project: Project) -> None:
    """Check a version's files against its record; nothing of them is parsed.

    Raises:
        IntegrityError: the stored bytes are not those recorded.
    """
    from workbench.tracking.model_store import verify_model

    record = located(version.record(), project.root)
    verify_model(record, Path(record["uri"]))
