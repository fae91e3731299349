"""`workbench check`: does a notebook give the same headless as it does by hand?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.options import Json
from workbench.cli.output import open_console, print_json
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

Names = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME", help="Stages, or notebook files; the default pipeline's stages if left out."
    ),
]
Smoke = Annotated[
    bool,
    typer.Option(
        "--smoke", help="On sampled inputs and reduced parameters, as smoke in workbench.toml says."
    ),
]
Fix = Annotated[bool, typer.Option("--fix", help="First mend what the notebook rules can mend.")]


def check(*, name: Names = [], smoke: Smoke = False, fix: Fix = False, as_json: Json = False) -> int:  # noqa: B006
    """Run notebooks clean and headless, and name the cells that depended on anything else.

    Hidden state, order, absolute paths, undeclared inputs, unpinned seeds, the clock, the network, missing
    modules. Nothing is committed. Exit code 0: nothing was found; 1: something was, or one
    could not be checked; 2: wrong usage.
    """
    from workbench.cli.check_report import Lines, print_report
    from workbench.parity import check as check_all

    console = None if as_json else open_console()
    mended = _mend(name, console) if fix else []
    try:
        report = check_all(name, smoke=smoke, progress=Lines(console) if console else None)
    except KeyboardInterrupt:
        raise WorkbenchError(
            "The check was stopped.", hint="Its kernels are ended; nothing is left."
        ) from None
    if console is None:
        print_json({**report.to_dict(), "mended": mended})
    else:
        print_report(console, report)
    return 0 if report.passed else 1


def _mend(names: Sequence[str], console: Console | None) -> list[str]:
    """Mend the notebooks that are meant, and return those that changed."""
    from workbench.notebook_rules import fix
    from workbench.project import load_project

    paths = [Path(name) for name in names if name.endswith(".ipynb")]
    stages = [name for name in names if not name.endswith(".ipynb")]
    if stages or not names:
        project = load_project()
        paths += [project.root / project.stage(name).notebook for name in stages or project.order()]
    changed = []
    for path in paths:
        for text in fix(path):
            changed.append(f"{path}: {text}")
            if console:
                console.print(f"mended {path}: {text}")
    return changed
