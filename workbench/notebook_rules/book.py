"""The rules, each with its name and its reason, and what is done by all of them."""

from __future__ import annotations

import json
from pathlib import Path

from workbench.errors import NotebookError
from workbench.notebook_file import notebook_text, read_notebook, replace_file
from workbench.notebook_rules import mend
from workbench.notebook_rules import rules as found
from workbench.notebook_rules.rule import Breach, Notebook, Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "title",
        "Who opens it in the morning after it broke reads at once what it is, what it reads and writes.",
        found.opens_with_title,
        mend.add_title,
    ),
    Rule(
        "parameters",
        "One cell is the notebook's signature: typed, checked, and set by runs without editing.",
        found.has_one_parameters_cell,
        mend.tag_parameters,
    ),
    Rule(
        "results",
        "Results live with the run that made them; stored here they go stale, and hide what changed.",
        found.stores_no_results,
        mend.clear_results,
    ),
    Rule(
        "noise",
        "What tools leave in the metadata makes differences that nobody made.",
        found.carries_no_noise,
        mend.clear_noise,
    ),
    Rule(
        "ending",
        "Empty cells at the end are what is left of trying something.",
        found.ends_with_content,
        mend.drop_empties,
    ),
    Rule("class", "A class belongs into a module, where it has tests.", found.defines_no_class),
    Rule("short", "A dozen cells of fifteen lines is what a person reads in one go.", found.is_short),
)


def check(path: Path) -> list[Breach]:
    """Return every breach of a rule in one notebook."""
    try:
        notebook = read_notebook(path)
    except NotebookError as error:
        return [Breach(path, None, str(error))]
    return [Breach(path, cell, text, rule.name) for rule in RULES for cell, text in rule.find(notebook)]


def clear(path: Path) -> bool:
    """Remove results and noise; False, and nothing written, when there were none.

    Raises:
        NotebookError: it is no notebook.
    """
    return bool(_mended(path, [rule for rule in RULES if rule.name in ("results", "noise")]))


def fix(path: Path) -> list[str]:
    """Mend what can be mended; return the names of the rules that are kept now and were not.

    The code of cells stays as it is. Nothing is written when there is nothing to mend.

    Raises:
        NotebookError: it is no notebook.
    """
    broken = {breach.rule for breach in check(path)}
    return _mended(path, [rule for rule in RULES if rule.name in broken])


def _mended(path: Path, rules: list[Rule]) -> list[str]:
    read_notebook(path)
    notebook: Notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell.setdefault("metadata", {})
    changed = [rule.name for rule in rules if rule.mend and rule.mend(notebook)]
    if changed:
        replace_file(path, notebook_text(notebook))
    return changed
