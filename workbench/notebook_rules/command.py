"""`python -m workbench.notebook_rules`, for `make lint` and commit hooks."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from workbench.errors import NotebookError
from workbench.notebook_rules.book import RULES, check, fix
from workbench.notebook_rules.rule import Breach


def notebooks_under(path: Path) -> list[Path]:
    """Return the notebook itself, or those in a folder and its sub-folders."""
    if path.is_file():
        return [path]
    found = path.rglob("*.ipynb") if path.is_dir() else ()
    return sorted(each for each in found if ".ipynb_checkpoints" not in each.parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, or first mend, notebooks; 0 when in order, 1 when a rule is broken, 2 when there are none."""
    parser = argparse.ArgumentParser(
        prog="python -m workbench.notebook_rules", description="Check stage notebooks."
    )
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks, or folders of them")
    parser.add_argument("--rules", action="store_true", help="print the rules, each with its reason")
    parser.add_argument("--fix", action="store_true", help="first mend what can be mended")
    options = parser.parse_args(arguments)
    if options.rules:
        return _print_rules()
    if not options.paths:
        parser.error("name notebooks, or folders of them")
    breaches: list[Breach] = []
    for path in options.paths:
        notebooks = notebooks_under(path)
        if not notebooks:
            print(
                f"There is no notebook at {path}. Name a notebook, or a folder that holds some.",
                file=sys.stderr,
            )
            return 2
        for notebook in notebooks:
            if options.fix and (mended := _fix_if_readable(notebook)):
                print(f"{notebook}: mended {', '.join(mended)}")
            breaches += check(notebook)
    for breach in breaches:
        print(breach)
    return 1 if breaches else 0


def _print_rules() -> int:
    for rule in RULES:
        print(f"{rule.name:<12}{rule.purpose}{' Mended by --fix.' if rule.mend else ''}")
    return 0


def _fix_if_readable(path: Path) -> list[str]:
    try:
        return fix(path)
    except NotebookError:  # `check` says so
        return []
