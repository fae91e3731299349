"""`workbench params`: a notebook's signature."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli.options import Json
from workbench.cli.output import open_console, plain_table, print_json


def params(
    notebook: Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="A notebook file.")],
    as_json: Json = False,
) -> int:
    """Show a notebook's typed parameters."""
    from workbench.parameters import read_signature

    signature = read_signature(notebook)
    if as_json:
        print_json(_document(notebook, signature))
        return 0
    console = open_console()
    if not signature.parameters:
        console.print(f"{notebook} takes no parameters.")
        return 0
    canonical = _defaults(signature)
    table = plain_table("parameter", "type", "default", "meaning")
    for parameter in signature.parameters:
        default = "required" if parameter.required else repr(canonical[parameter.name])
        table.add_row(parameter.name, parameter.annotation, default, parameter.help)
    console.print(table)
    return 0


def _defaults(signature: Any) -> dict[str, Any]:
    values = {p.name: p.default for p in signature.parameters if not p.required}
    canonical: dict[str, Any] = signature.canonical(values)
    return canonical


def _document(notebook: Path, signature: Any) -> dict[str, Any]:
    defaults = _defaults(signature)
    return {
        "notebook": notebook,
        "parameters": [
            {
                "name": p.name,
                "type": p.annotation,
                "required": p.required,
                "default": defaults.get(p.name),
                "help": p.help,
            }
            for p in signature.parameters
        ],
        "schema": signature.json_schema(),
    }
