"""`workbench approve` and `workbench reject`: what somebody says to a promotion that waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.decided import opened_registry, print_warning
from workbench.cli.options import Json, Reason, Wait
from workbench.cli.output import open_console, print_json, print_next
from workbench.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.registry import Decided, Promotion, Registry

Which = Annotated[
    str,
    typer.Argument(
        metavar="PROMOTION", help="A model whose only promotion waits, or MODEL:NUMBER of a promotion."
    ),
]
OfVersion = Annotated[
    int | None, typer.Argument(metavar="VERSION", help="Of a model, the version whose promotion waits.")
]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept in the ledger. Needed.")]


def approve(
    promotion: Which,
    version: OfVersion = None,
    *,
    reason: Reason = "",
    wait: Wait = False,
    as_json: Json = False,
) -> int:
    """Approve a promotion that waits; its version becomes champion.

    The gates must still carry it. Where a model asks for four eyes, whoever asked for the promotion, or
    started the run that did, cannot approve it. The ledger keeps who did it, when and why.
    """
    with opened_registry(wait=wait) as registry:
        model, waiting = _find(registry, promotion, version)
        decided = registry.approve(model, waiting.number, reason=reason)
    if as_json:
        print_json({**decided.to_dict(), "promotion": waiting.number})
        return 0
    console = open_console()
    before = "nobody" if decided.before is None else f"version {decided.before}"
    console.print(f"{model}: version {waiting.version} is {waiting.alias} now; before it was {before}.")
    print_difference(console, waiting)
    print_warning(decided)
    print_next(
        console,
        (f"workbench card {model}/{waiting.version}", "all that is known of it, on one page"),
        (f"workbench rollback {model}", "take it back"),
    )
    return 0


def reject(
    promotion: Which,
    version: OfVersion = None,
    *,
    reason: Why = "",
    wait: Wait = False,
    as_json: Json = False,
) -> int:
    """Reject a promotion that waits; the champion stays.

    A run does not ask for the same version again, a person may. The ledger keeps who did it, when and why.
    """
    if not reason.strip():
        raise UsageError(
            "A rejection needs its reason: whoever asked for the promotion has to know what to mend.",
            hint='Add --reason "…".',
        )
    with opened_registry(wait=wait) as registry:
        model, waiting = _find(registry, promotion, version)
        decided = registry.reject(model, waiting.number, reason=reason)
    if as_json:
        print_json({**decided.to_dict(), "promotion": waiting.number})
        return 0
    _say_rejected(decided, waiting)
    return 0


def print_difference(console: Console, promotion: Promotion) -> None:
    """Print what the version differed in from the champion, as it stood in the request."""
    from workbench.registry.compared import difference_words

    for line in difference_words(promotion.difference):
        console.print(f"  {line}", style="dim", soft_wrap=True)


def _say_rejected(decided: Decided, waiting: Promotion) -> None:
    console = open_console()
    now = "nobody" if decided.after is None else f"version {decided.after}"
    console.print(
        f"{decided.model}: version {waiting.version} was rejected; {waiting.alias} is {now} as before."
    )
    print_warning(decided)
    print_next(console, (f"workbench models {decided.model}", "versions, gates and every decision"))


def _find(registry: Registry, promotion: str, version: int | None) -> tuple[str, Promotion]:
    """Return what `MODEL`, `MODEL VERSION`, `MODEL/VERSION` or `MODEL:NUMBER` means."""
    model, colon, number = promotion.partition(":")
    if not colon:
        model, slash, number = promotion.partition("/")
        if slash and version is None:
            version = _number(number, promotion)
        elif slash:
            raise UsageError(f"{promotion!r} names a version already, and {version} is another.")
        return model, _of_version(registry, model, version)
    return model, registry.waiting(model, number=_number(number, promotion))


def _of_version(registry: Registry, model: str, version: int | None) -> Promotion:
    try:
        return registry.waiting(model, version=version)
    except UnknownNameError as error:
        if error.kind != "model" or not (model.isascii() and model.isdigit()) or version is not None:
            raise
        raise UsageError(
            f"{model!r} is no model; promotions are numbered for each model by itself.",
            hint=f"Write MODEL:{model}; `workbench models` lists what waits.",
        ) from error


def _number(text: str, whole: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    raise UsageError(
        f"{whole!r} names no promotion: {text!r} is not a number.",
        hint="Write MODEL, MODEL VERSION, or MODEL:NUMBER as `workbench models` lists it.",
    )
