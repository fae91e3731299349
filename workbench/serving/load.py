"""From what a supervisor orders to what a worker serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING

from workbench.registry.version import CHALLENGER, CHAMPION, Version
from workbench.serving.app.standing import Arm, Deployed, Standing
from workbench.serving.log.encode import RowEncoder
from workbench.serving.log.mask import Mask, read_salt
from workbench.serving.log.place import LogPlace
from workbench.serving.model import ServedModel, load_served
from workbench.serving.order import Loadable, Prepare, Split
from workbench.serving.traffic import SHADOW, Traffic

if TYPE_CHECKING:
    from workbench.project import Project

_TIMED = 3
Loaded = Mapping[tuple[str, int], "Held"]


@dataclass(frozen=True)
class Held:
    """A version that a worker holds.

    Attributes:
        row_seconds: about how long it takes for one row.
    """

    served: ServedModel
    row_seconds: float


def loadable(version: Version) -> Loadable:
    """Return a version as a worker is told of it."""
    return Loadable(
        version.model,
        version.number,
        version.fingerprint,
        version.run,
        version.stage,
        version.at.isoformat(),
        version.actor,
        dict(version.output),
        dict(version.parameters),
    )


def version_of(told: Loadable) -> Version:
    """Return the version that a worker was told of."""
    return Version(
        told.model,
        told.number,
        told.fingerprint,
        told.record,
        told.run,
        told.stage,
        datetime.fromisoformat(told.at),
        told.actor,
        parameters=told.parameters,
    )


def load(told: Loadable, project: Project) -> Held:
    """Load a version; its digests are checked before a byte is parsed."""
    served = load_served(version_of(told), project)
    return Held(served, _row_seconds(served))


def mask_of(model: str, project: Project) -> Mask | None:
    """Return what hides a model's sensitive columns in the log; None where it has none."""
    config = project.config.models.get(model)
    if config is None or not config.sensitive:
        return None
    salt = read_salt(LogPlace(project.layout.state).salt)
    return Mask(config.sensitive, config.serving.sensitive, salt, config.entity)


def standing_of(
    order: Prepare, loaded: Loaded, project: Project, masks: Mapping[str, Mask | None]
) -> Standing:
    """Return what an order lets serve; a split whose champion is not loaded is left out."""
    splits = [split for split in order.splits if (split.model, split.champion) in loaded]
    told = {(each.model, each.number): each for each in order.versions}
    models = {s.model: _deployed(s, loaded, told, project, masks.get(s.model)) for s in splits}
    return Standing(order.number, models)


def _deployed(
    split: Split,
    loaded: Loaded,
    told: Mapping[tuple[str, int], Loadable],
    project: Project,
    mask: Mask | None,
) -> Deployed:
    config = project.config.models.get(split.model)
    own = config.serving.max_rows if config else None

    def arms(name: str, numbers: Sequence[int | None]) -> list[Arm]:
        keys = [(split.model, n) for n in numbers if n is not None and (split.model, n) in loaded]
        return [_arm(name, told[key], loaded[key], mask) for key in keys]

    challenger = arms(CHALLENGER, (split.challenger,))
    challenge = bool(challenger) and config is not None and config.challenge is not None
    return Deployed(
        model=split.model,
        entity=config.entity if config else None,
        champion=arms(CHAMPION, (split.champion,))[0],
        challenger=challenger[0] if challenger else None,
        share=split.share,
        traffic=Traffic(split.model, split.share),
        shadows=tuple(arms(SHADOW, split.shadows)),
        max_rows=own or project.config.serving.max_rows,
        pair=tuple(arms(SHADOW, (split.champion, split.challenger))) if challenge else (),
        mask=mask,
    )


def _arm(name: str, told: Loadable, held: Held, mask: Mask | None) -> Arm:
    encoder = RowEncoder(told.model, told.number, held.served.columns, mask)
    platform = str(told.record.get("flavour", ""))
    return Arm(name, told.model, told.number, held.served, encoder, platform, held.row_seconds)


def _row_seconds(served: ServedModel) -> float:
    """Return about how long a version takes for one of its example's rows; 0 where it has none."""
    example = served.example
    if example is None:
        return 0.0
    one = replace(example, rows=example.rows[:1], entities=None)
    served.score(one)
    begin = perf_counter()
    for _ in range(_TIMED):
        served.score(one)
    return (perf_counter() - begin) / _TIMED
