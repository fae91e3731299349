"""Which path is answered by what: a table of exact paths, made anew whenever what serves changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass

from workbench.errors import nearest
from workbench.serving.app.exchange import Exchange
from workbench.serving.app.standing import Arm, Deployed, Standing
from workbench.serving.refused import Refused

Handler = Callable[["Route", Exchange], Awaitable[None]]


@dataclass(slots=True, frozen=True)
class Route:
    """What answers a path.

    Attributes:
        method: POST; or GET, which answers HEAD too.
        deployed: the model that the path means; None where it means none, or does not say.
        arm: the version that the path names; None where traffic decides.
    """

    method: str
    handler: Handler
    deployed: Deployed | None = None
    arm: Arm | None = None


@dataclass(frozen=True)
class Handlers:
    """What answers, by path.

    Attributes:
        fixed: by whole path.
        model: by what follows `/models/M` and the root where one model serves.
        version: by what follows `/models/M/versions/N`.
        inference: by what follows `/v2/models/M` and `/v2/models/M/versions/N`.
    """

    fixed: Mapping[str, tuple[str, Handler]]
    model: Mapping[str, tuple[str, Handler]]
    version: Mapping[str, tuple[str, Handler]]
    inference: Mapping[str, tuple[str, Handler]]


def table(standing: Standing, handlers: Handlers) -> dict[str, Route]:
    """Return every path that is answered."""
    found = {path: Route(method, handler) for path, (method, handler) in handlers.fixed.items()}
    for rest, (method, handler) in handlers.model.items():
        found[rest] = Route(method, handler, standing.only)
    for deployed in standing.models.values():
        found.update(_of_model(deployed, handlers))
    return found


def _of_model(deployed: Deployed, handlers: Handlers) -> Iterator[tuple[str, Route]]:
    root = f"/models/{deployed.model}"
    for rest, (method, handler) in handlers.model.items():
        yield f"{root}{rest}", Route(method, handler, deployed)
        yield (
            f"/endpoints/{deployed.model}{rest}",
            Route(method, handler, deployed),
        )  # MLflow's client asks so
    for rest, (method, handler) in handlers.inference.items():
        yield f"/v2{root}{rest}", Route(method, handler, deployed)
    for number, arm in deployed.arms.items():
        for rest, (method, handler) in handlers.version.items():
            yield f"{root}/versions/{number}{rest}", Route(method, handler, deployed, arm)
        for rest, (method, handler) in handlers.inference.items():
            yield f"/v2{root}/versions/{number}{rest}", Route(method, handler, deployed, arm)


def unknown(path: str, routes: Mapping[str, Route], standing: Standing) -> Refused:
    """Return why a path is answered by nothing: unknown model or version, or nothing of the kind."""
    parts = path.removeprefix("/v2").strip("/").split("/")
    if parts[0] == "models" and len(parts) > 1:
        deployed = standing.models.get(parts[1])
        if deployed is None:
            message = f"No model named {parts[1][:100]!r} serves here."
            return Refused(404, "unknown_model", message, f"Serving: {', '.join(standing.models)}.")
        if len(parts) > 3 and parts[2] == "versions" and parts[3] not in map(str, deployed.arms):
            serving = ", ".join(map(str, sorted(deployed.arms)))
            message = f"Version {parts[3][:20]!r} of {deployed.model!r} does not serve."
            return Refused(404, "unknown_version", message, f"Serving: {serving}.")
    close = nearest(path[:200], routes)
    hint = f"Did you mean {close}?" if close else "See /docs for what is answered here."
    return Refused(404, "unknown_path", f"Nothing is answered at {path[:200]!r}.", hint)


def wrong_method(method: str, route: Route) -> Refused:
    """Return the refusal of a method that a path does not take."""
    message = f"This path takes {route.method}, not {method[:20]}."
    return Refused(405, "wrong_method", message, "See /docs for what is answered here.")


def which_model(standing: Standing) -> Refused:
    """Return the refusal of a request that names no model where several serve."""
    names = ", ".join(standing.models)
    return Refused(
        404,
        "which_model",
        f"Which model is meant? {len(standing.models)} serve here: {names}.",
        "Name it in the path: /models/MODEL/…",
    )
