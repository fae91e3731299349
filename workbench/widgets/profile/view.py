"""What a page shows of a dataset's version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
from markupsafe import Markup

from workbench.errors import WorkbenchError
from workbench.insight.datasets.change import FAR
from workbench.widgets.parts import Column, block, frame, histograms, html, joined, moment, notice, table
from workbench.widgets.profile.words import distinct_text, end_text, headline, share_text

if TYPE_CHECKING:
    from workbench.insight.datasets import ColumnSketch, DatasetChange, DatasetProfile, Version
    from workbench.widgets.profile.widget import Profile

_NONE = -1


class View:
    """The parts of the page.

    Attributes:
        root: all of it.
    """

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        own = [version for version in (profile.version, profile.against) if version >= 0]
        options = [(f"{version} …", version) for version in own]
        wide: dict[str, Any] = {"layout": {"width": "380px"}, "style": {"description_width": "100px"}}
        self._version = ipywidgets.Dropdown(
            options=options, value=profile.version, description="Version", **wide
        )
        self._against = ipywidgets.Dropdown(
            options=[("nothing", _NONE), *options],
            value=profile.against,
            description="Compare with",
            **wide,
        )
        self._version.observe(lambda change: setattr(profile, "version", change["new"]), "value")
        self._against.observe(lambda change: setattr(profile, "against", change["new"]), "value")
        self._said = block()
        self._table = table((), _columns(None, exact=True), empty="This dataset has no columns.")
        row = ipywidgets.HBox([self._version, self._against])
        row.add_class("wb-row")
        self.root = frame(row, self._said, self._table, title=profile.dataset)

    def _offer(self) -> None:
        """Offer the versions that are known; the list of all of them may come later."""
        profile = self._profile
        rows = profile.versions_known
        options = [(_label(row), row.version) for row in rows or ()]
        if options and self._version.options != tuple(options):
            with self._version.hold_trait_notifications(), self._against.hold_trait_notifications():
                self._version.options, self._version.value = options, profile.version
                self._against.options = [("nothing", _NONE), *options]
                self._against.value = profile.against
        self._version.value, self._against.value = profile.version, profile.against

    def redraw(self) -> None:
        """Show what is known now; may be called from any thread."""
        try:
            found, change = self._profile.profile, self._profile.change
        except WorkbenchError as error:
            self._said.value = notice(error)
            self._table.show(())
            return
        self._offer()
        self._said.value = _said(found, change, self._profile.trouble)
        columns = found.columns
        if change is not None:  # those that moved most come first
            order = {each.name: place for place, each in enumerate(change.columns)}
            columns = tuple(sorted(columns, key=lambda column: order.get(column.name, _NONE)))
        self._table.show(columns, _columns(change, exact=found.is_exact))


def _columns(change: DatasetChange | None, *, exact: bool) -> list[Column]:
    changes = {each.name: each for each in change.columns} if change else {}

    def picture(column: ColumnSketch) -> Markup | None:
        other = changes.get(column.name)
        shown, before = (other.after, other.before) if other else (column, None)
        if not shown.counts:
            return None
        reference = before.counts if before is not None and before.bins == shown.bins else ()
        bars = len(shown.counts)
        if shown.kind == "names" and not any(counts[-1] for counts in (shown.counts, reference) if counts):
            bars -= 1  # nobody has another name
        return histograms(
            shown.counts[:bars],
            reference[:bars] or None,
            label=f"How {column.name} is spread",
            names=shown.labels,
        )

    def moved(column: ColumnSketch) -> Markup | str:
        other = changes.get(column.name)
        if other is None:
            return html('<span class="wb-warn">new</span>')
        said = "; ".join(other.facts)
        apart = "" if other.apart is None else f"{other.apart:.3f}"
        return html('<span class="wb-warn">{said}</span>', said=said) if said else apart

    return [
        Column("column", lambda column: html("<b>{name}</b>", name=column.name)),
        Column("type", lambda column: html('<span class="wb-quiet">{type}</span>', type=column.type)),
        Column("spread", picture),
        *([Column("distance", moved)] if change is not None and not change.same else []),
        Column("missing", lambda column: share_text(column.missing), is_number=True),
        Column("different", lambda column: distinct_text(column, exact=exact), is_number=True),
        Column("least", lambda column: end_text(column.minimum), is_number=True),
        Column("mean", lambda c: end_text(c.mean) if c.mean is not None else "", is_number=True),
        Column("greatest", lambda column: end_text(column.maximum), is_number=True),
    ]


def _said(profile: DatasetProfile, change: DatasetChange | None, trouble: WorkbenchError | None) -> Markup:
    sampled = '<p class="wb-warn" role="status">From {basis}{goes_on}</p>'
    whole = '<p class="wb-quiet">Counted in all rows.</p>'
    goes_on = notice(trouble) if trouble else "; all rows are being counted …"
    return html(
        "<p>{headline}</p>{basis}{changed}",
        headline=headline(profile),
        basis=html(whole if profile.is_exact else sampled, basis=profile.basis, goes_on=goes_on),
        changed=_change(change) if change is not None else "",
    )


def _change(change: DatasetChange) -> Markup:
    if change.same:
        return notice(f"Version {change.before.version} has the same content.", "good")
    by = change.after.rows - change.before.rows
    lines = [f"rows {change.before.rows:,} → {change.after.rows:,} ({by:+,})" if by else "as many rows"]
    lines += [f"column {name} ({kind}) is new" for name, kind in change.added.items()]
    lines += [f"column {name} ({kind}) is gone" for name, kind in change.removed.items()]
    lines += [f"column {name}: {old} → {new}" for name, old, new in change.retyped]
    moved = sum(column.has_moved for column in change.columns)
    spread = f"{moved} of {len(change.columns)} columns are spread otherwise"
    lines.append(f"{spread} (Jensen–Shannon distance of {FAR} or more)")
    return html(
        '<p><b>Since version {before}</b> <span class="wb-quiet">the outline is version {before}</span></p>'
        '<ul class="wb-steps">{lines}</ul>',
        before=change.before.version,
        lines=joined(html("<li>{line}</li>", line=line) for line in lines),
    )


def _label(row: Version) -> str:
    return f"{row.version} · {moment(row.at)} · {row.rows:,} rows"
