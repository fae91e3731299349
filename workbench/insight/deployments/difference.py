"""What serves, and what a change of it means for callers and versions, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.registry.deployment import Deployment
from workbench.registry.share import share_text


def now_text(deployment: Deployment) -> str:
    """Return who answers whom, as what an action came to."""
    if deployment.champion is None:
        return "Nobody is champion, so nothing of this model serves."
    rest = 1 - deployment.share
    parts = [f"Version {deployment.champion}, the champion, answers {_part(rest)}"]
    if deployment.challenger is not None:
        share = deployment.share
        parts.append(f"version {deployment.challenger}, the challenger, answers {_part(share)}")
    if deployment.shadows:
        parts.append(f"in the shadow: version {', '.join(map(str, deployment.shadows))}")
    return "; ".join(parts) + "."


def difference(before: Deployment, after: Deployment) -> Iterator[str]:
    """Yield what callers and versions notice of a change; nothing where nothing changes."""
    yield from _callers(before, after)
    yield from _listeners(before, after)


def _callers(before: Deployment, after: Deployment) -> Iterator[str]:
    then, now = _answering(before), _answering(after)
    for number, share in now.items():
        if share != then.get(number, 0.0):
            was = f" instead of {share_text(then[number])}" if number in then else " at once"
            yield f"Version {number}{_title(number, before, after)} will answer {_part(share)}{was}."
        elif number == after.champion != before.champion:
            yield f"Version {number} becomes champion and goes on answering {_part(share)}."
    yield from (f"Version {number} will answer nobody any more." for number in then if number not in now)


def _listeners(before: Deployment, after: Deployment) -> Iterator[str]:
    """Yield what changes for versions that answer nobody, but score what others answer."""
    new, old = after.challenger, before.challenger
    if new is not None and new != old and not after.share:
        told = "what it would have said is compared with the champion"
        yield f"Version {new} becomes challenger and answers nobody yet; {told}."
    if old is not None and old not in after.versions and not before.share:
        yield f"Version {old} is challenger no more."
    for number in after.shadows:
        if number not in before.shadows:
            yield f"Version {number} will score every request beside those that answer; no caller sees it."
    for number in before.shadows:
        if number not in after.versions:
            yield f"Version {number} will be a shadow no more, and is not asked any more."


def _answering(deployment: Deployment) -> dict[int, float]:
    shares = {deployment.champion: 1 - deployment.share, deployment.challenger: deployment.share}
    return {number: share for number, share in shares.items() if number is not None and share > 0}


def _title(number: int, before: Deployment, after: Deployment) -> str:
    """Return what a version is called where it becomes something else."""
    if number == after.champion != before.champion:
        return ", the new champion,"
    if number == after.challenger != before.challenger:
        return ", the new challenger,"
    return ""


def _part(share: float) -> str:
    if share >= 1:
        return "all callers"
    return f"{share_text(share)} of the requests" if share > 0 else "nobody"
