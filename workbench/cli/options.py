"""The options that several commands share, each declared once."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or 'last'.")]
Model = Annotated[str, typer.Argument(metavar="MODEL", help="A model that workbench.toml declares.")]
VersionReference = Annotated[
    str, typer.Argument(metavar="VERSION", help="MODEL/3, MODEL@champion, or MODEL for its champion.")
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept in the ledger.")]
Wait = Annotated[bool, typer.Option("--wait", help="Return only when MLflow shows it, too.")]
Pipeline = Annotated[str | None, typer.Argument(metavar="PIPELINE", help="The default one if left out.")]
Overrides = Annotated[
    list[str],
    typer.Option("--parameter", "-p", metavar="STAGE.NAME=VALUE", help="Set a parameter; repeatable."),
]
From = Annotated[
    str | None, typer.Option("--from", metavar="STAGE", help="Begin here; reuse what is before.")
]
Until = Annotated[str | None, typer.Option("--until", metavar="STAGE", help="End after this stage.")]
Force = Annotated[bool, typer.Option("--force", help="Run also what is unchanged.")]
