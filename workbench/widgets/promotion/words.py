"""A deployment in words, for a terminal, a log and a screen reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.insight.deployments import POLICIES
from workbench.registry.share import share_text
from workbench.widgets.parts.text import moment

if TYPE_CHECKING:
    from workbench.insight.deployments import Decision, VersionBrief, Waiting
    from workbench.widgets.promotion.widget import Promotion

_DECISIONS, _VERSIONS = 5, 6


def said(promotion: Promotion) -> str:
    """Return what serves, what waits, which versions there are, and what was decided last."""
    found = promotion.deployment
    person = promotion.session.person
    role = person.role_now.value if person.role_now else "no role"
    lines = [
        f"{found.model}: {POLICIES.get(found.policy, 'declared no more')}; you are {person.name}, {role}"
    ]
    for arm in found.arms:
        since = f" since {moment(arm.since)}, by {arm.actor}" if arm.since else ""
        refused = f"; a server refuses it: {arm.refused}" if arm.refused else ""
        lines.append(f"  {arm.role:<10} version {arm.version}, {share_text(arm.share)}{since}{refused}")
    if found.shadows:
        lines.append(f"  {'shadows':<10} version {', '.join(str(arm.version) for arm in found.shadows)}")
    if not found.arms:
        lines.append("  Nobody is champion, so nothing of this model serves.")
    lines += [f"  {waiting_words(each)}" for each in found.waiting]
    lines += [f"  {version_words(each)}" for each in promotion.versions[:_VERSIONS]]
    lines += [f"  {decision_words(each)}" for each in promotion.past[:_DECISIONS]]
    return "\n".join(lines)


def waiting_words(waiting: Waiting) -> str:
    """Return a promotion that waits, and why it could not be approved now."""
    asked = waiting.promotion
    why = f" ({asked.reason})" if asked.reason else ""
    by = asked.author or asked.actor
    line = (
        f"waits      version {asked.version} as {asked.alias}, asked by {by}{why}, promotion {asked.number}"
    )
    if waiting.blocked:
        return f"{line}; it could not be approved: {waiting.blocked}"
    return f"{line}; another person has to approve it" if waiting.own else line


def version_words(version: VersionBrief) -> str:
    """Return a version in a line."""
    verdict = f"{version.verdict.mark} {version.verdict.value}" if version.verdict else "not judged"
    measured = f", {version.metric} {version.value:.4g}" if version.value is not None else ""
    roles = f", {', '.join(version.roles)}" if version.roles else ""
    return f"version {version.number:<3} {verdict}{measured}{roles}, {moment(version.at)}"


def decision_words(decision: Decision) -> str:
    """Return a decision in a line."""
    why = f": {decision.why}" if decision.why else ""
    return f"{moment(decision.at)}  {decision.what}, by {decision.actor}{why}"
