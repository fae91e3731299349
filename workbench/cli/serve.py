"""`workbench serve`: models answer over HTTP, and follow the ledger."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli.options import Json
from workbench.cli.output import open_console, print_json

if TYPE_CHECKING:
    from workbench.project import Project
    from workbench.serving.order import Split
    from workbench.serving.supervisor.supervisor import Started


def serve(
    models: Annotated[
        list[str] | None,
        typer.Argument(metavar="[MODEL]...", help="Models to serve; all of the project if left out."),
    ] = None,
    *,
    host: Annotated[str | None, typer.Option("--host", help="Where to listen; this machine only.")] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="The TCP port; 0 takes a free one.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes that answer; one for each core.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Let models answer over HTTP, until Ctrl-C.

    Champions and challengers answer, shadows listen, every row is logged; a promotion or rollback takes
    effect within a second, without a failed request. MLflow's /invocations and the Open Inference Protocol
    v2 are understood. What the command line does not say is in [serving] of workbench.toml. What happens
    is told on standard error, one JSON object a line.
    """
    from workbench.project import load_project
    from workbench.serving.serve import serve as run

    project = load_project()

    def started(what: Started) -> None:
        if as_json:
            print_json(_described(project, what))
        else:
            _print(project, what)

    run(project, models or (), host=host, port=port, workers=workers, started=started)
    return 0


def _described(project: Project, what: Started) -> dict[str, Any]:
    return {
        "url": _url(project, what),
        "workers": what.workers,
        "models": [
            {
                "model": split.model,
                "champion": split.champion,
                "challenger": split.challenger,
                "share": split.share,
                "shadows": list(split.shadows),
            }
            for split in what.splits
        ],
        "refused": list(what.refused),
    }


def _print(project: Project, what: Started) -> None:
    from rich.text import Text

    console = open_console()
    url = _url(project, what)
    console.print(Text.assemble((url, "bold green"), f"  {what.workers} workers, Ctrl-C to stop"))
    for split in what.splits:
        console.print(Text.assemble((f"  {split.model}", "bold"), f"  {_serving(split)}"))
    if project.config.serving.token == "optional" and not _is_loopback(what.host):  # noqa: S105 - a policy
        open_to = (
            f'! Whoever reaches {what.host} may call without a token; [serving] token = "required" ends that.'
        )
        console.print(Text(open_to, style="bold yellow"), soft_wrap=True)
    for sentence in what.refused:
        console.print(Text(f"! {sentence}", style="bold red"), soft_wrap=True)
    console.print()
    console.print("Call it:", style="bold")
    for split in what.splits:
        path = f"/models/{split.model}/invocations" if len(what.splits) > 1 else "/invocations"
        console.print(
            Text(f"  {_curl(project, what.examples[split.model], url + path)}", style="cyan"), soft_wrap=True
        )
    console.print()
    console.print(f"  {url}/docs       every path, with an example to copy", style="dim")
    console.print(f"  {url}/metrics    for Prometheus", style="dim")


def _url(project: Project, what: Started) -> str:
    scheme = "https" if project.config.serving.tls_certificate else "http"
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(what.host, what.host)  # noqa: S104 - not bound here
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"{scheme}://{host}:{what.port}"


def _is_loopback(host: str) -> bool:
    return host == "::1" or host.startswith("127.")


def _serving(split: Split) -> str:
    share = split.share if split.challenger is not None else 0.0
    words = [f"version {split.champion} is champion ({(1 - share) * 100:g} %)"]
    if split.challenger is not None:
        words.append(f"version {split.challenger} challenges it ({share * 100:g} %)")
    words += [f"version {number} is a shadow" for number in split.shadows]
    return ", ".join(words)


def _curl(project: Project, example: dict[str, Any] | None, url: str) -> str:
    """Return a command that asks for one prediction, with a row of the model's own example."""
    import shlex

    body = json.dumps(example, ensure_ascii=False) if example else "@rows.json"
    token = (
        " -H 'Authorization: Bearer TOKEN'" if project.config.serving.token == "required" else ""  # noqa: S105
    )
    return f"curl {url} -H 'Content-Type: application/json'{token} -d {shlex.quote(body)}"
