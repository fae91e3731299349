"""`workbench traffic`: what share of a model's requests the challenger answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.decided import opened_registry
from workbench.cli.options import Json, Model, Reason
from workbench.cli.output import open_console, print_json, print_next

if TYPE_CHECKING:
    from workbench.registry import Deployment, Redeployed


def traffic(
    model: Model,
    share: Annotated[
        str | None, typer.Argument(metavar="SHARE", help="10%, or 0.1; shown as it is if left out.")
    ] = None,
    *,
    reason: Reason = "",
    as_json: Json = False,
) -> int:
    """Give the challenger a share of the traffic; the champion answers the rest.

    An entity stays with the version that answered it: a greater share only moves entities from the
    champion to the challenger. Servers follow within a second. Where a model asks for four eyes, whoever
    asked for the challenger cannot give it more.
    """
    from workbench.registry import Redeployed
    from workbench.registry.share import parse_share

    wanted = None if share is None else parse_share(share)
    with opened_registry() as registry:
        if wanted is None:
            now = registry.model(model).deployment
            redeployed = Redeployed(model, now, now)
        else:
            redeployed = registry.set_traffic(model, wanted, reason=reason)
    return print_redeployed(redeployed, as_json)


def print_redeployed(redeployed: Redeployed, as_json: bool) -> int:
    """Print who answers what now, and what can be done next; return the exit code."""
    if as_json:
        print_json(redeployed)
        return 0
    console = open_console()
    model, now = redeployed.model, redeployed.after
    console.print(f"{model}: {deployment_text(now)}", soft_wrap=True)
    if redeployed.before != now:
        console.print(f"before: {deployment_text(redeployed.before)}", style="dim", soft_wrap=True)
    steps = [(f"workbench models {model}", "versions, gates and every move")]
    if now.share:
        steps.append((f"workbench rollback {model}", "take the challenger off"))
    if now.shadows:
        steps.append((f"workbench promote {model} {now.shadows[-1]} --no-shadow", "end the shadow"))
    print_next(console, *steps)
    return 0


def deployment_text(deployment: Deployment) -> str:
    """Return who answers what, in one line."""
    from workbench.registry.share import share_text

    if deployment.champion is None:
        parts = ["nobody is champion"]
    else:
        parts = [f"version {deployment.champion} (champion) answers {share_text(1 - deployment.share)}"]
    if deployment.challenger is not None:
        parts.append(f"version {deployment.challenger} (challenger) {share_text(deployment.share)}")
    if deployment.shadows:
        ending = "" if len(deployment.shadows) == 1 else "s"
        parts.append(f"shadow{ending}: version {', '.join(map(str, deployment.shadows))}")
    return ", ".join(parts)
