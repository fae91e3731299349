"""Who answers whom, as a picture with its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.insight.deployments import POLICIES
from workbench.registry.share import share_text
from workbench.widgets.parts.block import notice
from workbench.widgets.parts.text import chip, html, joined, moment

if TYPE_CHECKING:
    from markupsafe import Markup

    from workbench.access import Person
    from workbench.insight.deployments import Arm, Decision, Deployment, VersionBrief, Waiting

_TONES = {"champion": "brand", "challenger": "warn", "shadow": "quiet"}


def shown_serving(found: Deployment, person: Person) -> Markup:
    """Return what serves: a bar of all requests, each version its share, and who put it there."""
    role = person.role_now.value if person.role_now else "no role"
    head = html(
        '<div class="wb-quiet"><b>{model}</b> · {policy} · you are {name}, {role}</div>',
        model=found.model,
        policy=POLICIES.get(found.policy, "workbench.toml declares it no more"),
        name=person.name,
        role=role,
    )
    if not found.arms:
        return head + notice("Nobody is champion, so nothing of this model serves.", "warn")
    bar = joined(
        html(
            '<span class="wb-part wb-on-{tone}" style="width:{wide}%" title="{words}">{label}</span>',
            tone=_TONES[arm.role],
            wide=f"{100 * arm.share:.2f}",
            words=f"version {arm.version}, {arm.role}: {share_text(arm.share)} of the requests",
            label=f"v{arm.version}" if arm.share >= 0.06 else "",
        )
        for arm in found.arms
        if arm.share > 0
    )
    rows = joined(_arm(arm) for arm in (*found.arms, *found.shadows))
    return html(
        '{head}<div class="wb-parts" role="img" aria-label="{said}">{bar}</div>{rows}',
        head=head,
        said="; ".join(f"version {arm.version} answers {share_text(arm.share)}" for arm in found.arms),
        bar=bar,
        rows=rows,
    )


def shown_waiting(waiting: Waiting) -> Markup:
    """Return a promotion that waits."""
    asked = waiting.promotion
    blocked = notice(f"It could not be approved now: {waiting.blocked}", "warn") if waiting.blocked else ""
    share = f" with {share_text(asked.share)} of the requests" if asked.share else ""
    return html(
        '<div class="wb-notice wb-busy"><b>Version {version}</b> waits to become {alias}{share} '
        '<span class="wb-quiet">· asked by {by}, {at}</span> {verdict}<div>{reason}</div></div>{blocked}',
        version=asked.version,
        alias=asked.alias,
        share=share,
        by=asked.author or asked.actor,
        at=moment(asked.at),
        verdict=chip(waiting.verdict.value) if waiting.verdict else chip("", "not judged"),
        reason=asked.reason,
        blocked=blocked,
    )


def shown_verdict(version: VersionBrief) -> Any:
    """Return what a version's gates came to."""
    return chip(version.verdict.value) if version.verdict else chip("", "not judged")


def shown_decision(decision: Decision) -> Markup:
    """Return what was decided, and whether nobody did."""
    by = html(' <span class="wb-quiet">by itself</span>') if decision.machine else ""
    return html("{what}{by}", what=decision.what, by=by)


def _arm(arm: Arm) -> Markup:
    since = f"· since {moment(arm.since)}, by {arm.actor}" if arm.since else ""
    refused = (
        html(' <span class="wb-bad">✗ a server refuses it: {why}</span>', why=arm.refused)
        if arm.refused
        else ""
    )
    return html(
        '<div class="wb-arm"><i class="wb-key wb-on-{tone}"></i>{role} <b>version {version}</b> · {share} '
        '<span class="wb-quiet">{since}</span><div class="wb-quiet">{reason}{refused}</div></div>',
        tone=_TONES[arm.role],
        role=arm.role,
        version=arm.version,
        share=share_text(arm.share) if arm.role in ("champion", "challenger") else "listens",
        since=since,
        reason=arm.reason,
        refused=refused,
    )
