"""A report on a window as people read it: a table for a notebook, and one picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from workbench.monitoring.finding import DRIFT, KINDS, PERFORMANCE, Check, WindowReport
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = {Verdict.PASS: "#2e7d32", Verdict.FAIL: "#c62828", Verdict.INCONCLUSIVE: "#8d6e00"}
TITLES = {
    "drift": "Data",
    "prediction_drift": "Predictions",
    "label_drift": "Truths",
    "quality": "Quality",
    "performance": "Performance",
    "estimate": "Estimate",
    "service": "Service",
    "challenger": "Challenger",
}
"""What each kind of checks is about, for people."""
_MOST = 25
_BARS = 12


def as_html(report: WindowReport) -> str:
    """Return the report as HTML: what failed first, then what is in doubt, then what passed."""
    versions = ", ".join(f"version {v['version']} as {v['arm']}: {v['rows']:,}" for v in report.versions)
    head = (
        f"<p><strong>{escape(report.model)}</strong>, {report.since:%Y-%m-%d %H:%M} to "
        f"{report.until:%Y-%m-%d %H:%M} UTC: {_coloured(report.verdict())}<br>"
        f"{report.rows:,} rows, {report.labelled:,} with their truth"
        f"{f' ({escape(versions)})' if versions else ''}; {_against(report)}</p>"
    )
    return head + "".join(_table(kind, report.of(kind)) for kind in KINDS if report.of(kind))


def _against(report: WindowReport) -> str:
    if report.reference is None:
        return "held against no reference"
    return f"held against the reference of version {report.reference}"


def as_lines(report: WindowReport, most: int = 8) -> Iterator[tuple[str, Verdict, Sequence[Check]]]:
    """Yield each kind's title, verdict, and the checks worth telling: what failed or is in doubt, first."""
    for kind in KINDS:
        found = report.of(kind)
        if found:
            yield TITLES[kind], report.verdict(kind), _ordered(found)[:most]


def picture(report: WindowReport) -> Figure:
    """Draw how far columns have drifted, and the performance block by block."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.2))  # margins by hand: matplotlib would draw it several times to find them
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, gridspec_kw={"left": 0.2, "right": 0.98, "wspace": 0.15})
    _draw_drift(left, report)
    _draw_blocks(right, report)
    return figure


def furthest(checks: Sequence[Check]) -> list[Check]:
    """Return the checks of drift that have a value, those that drifted first, then by how far."""
    found = [check for check in checks if check.value is not None and check.limit]
    return sorted(found, key=lambda check: (check.verdict is Verdict.FAIL, _excess(check)), reverse=True)


def _draw_drift(axes: Axes, report: WindowReport) -> None:
    ordered = furthest(report.of(DRIFT))[:_BARS][::-1]
    axes.set_title("Drift, as multiples of the limit; red where it is no chance", fontsize=10)
    axes.barh(
        [check.name for check in ordered],
        [_excess(check) for check in ordered],
        color=[COLOURS[check.verdict] for check in ordered],
    )
    axes.axvline(1.0, color="#8a8a8a", linestyle="--", linewidth=1)
    axes.tick_params(axis="y", labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    if not ordered:
        axes.text(0.5, 0.5, "nothing could be compared", ha="center", transform=axes.transAxes)


def _excess(check: Check) -> float:
    """Return how far beyond its limit a check is: of p-values less is more."""
    assert check.value is not None
    assert check.limit is not None
    if check.method in ("ks", "chisquare"):
        return check.limit / max(check.value, check.limit / 10)
    return check.value / check.limit


def _draw_blocks(axes: Axes, report: WindowReport) -> None:
    named = {check.name: check for check in report.of(PERFORMANCE) if check.version is None}
    shown = next((named[name] for name in ("log_loss", "rmse") if name in named), None)
    means = shown.evidence.get("by_block", ()) if shown else ()
    axes.set_title(f"{shown.name} by block of time" if shown else "Performance", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    if not means or shown is None:
        axes.text(0.5, 0.5, "no truth is known yet", ha="center", transform=axes.transAxes)
        return
    axes.plot(range(1, len(means) + 1), [mean for _, _, mean in means], marker="o", color="#1f5f99")
    if "reference" in shown.evidence:
        axes.axhline(shown.evidence["reference"], color="#8a8a8a", linestyle="--", label="reference")
        axes.legend(fontsize=8)
    axes.set_xlabel("block")
    axes.locator_params(axis="x", integer=True)


def _ordered(checks: Sequence[Check]) -> list[Check]:
    rank = {Verdict.FAIL: 0, Verdict.INCONCLUSIVE: 1, Verdict.PASS: 2}
    return sorted(checks, key=lambda check: (rank[check.verdict], "=" in check.name, check.version or 0))


def _table(kind: str, checks: Sequence[Check]) -> str:
    ordered = _ordered(checks)
    rows = "".join(_row(check) for check in ordered[:_MOST])
    hidden = len(ordered) - _MOST
    more = (
        f"<tr><td colspan='5'>and {hidden} more that passed or are in doubt</td></tr>" if hidden > 0 else ""
    )
    return (
        f"<p><strong>{TITLES[kind]}</strong></p><table><thead><tr><th>check</th><th>verdict</th>"
        f"<th>value</th><th>bounds</th><th style='text-align:left'>why</th></tr></thead>"
        f"<tbody>{rows}{more}</tbody></table>"
    )


def _row(check: Check) -> str:
    whose = f" (version {check.version}{f', {check.arm}' if check.arm else ''})" if check.version else ""
    bounds = "" if check.lower is None or check.upper is None else f"{check.lower:.4g} to {check.upper:.4g}"
    value = "" if check.value is None else f"{check.value:.4g}"
    limit = f" (limit {check.limit:.4g})" if check.limit is not None else ""
    method = f"{escape(check.method)}: " if check.method and check.kind == DRIFT else ""
    return (
        f"<tr><td>{escape(check.name + whose)}</td><td>{_coloured(check.verdict)}</td><td>{value}{limit}</td>"
        f"<td>{bounds}</td><td style='text-align:left'>{method}{escape(check.note)}</td></tr>"
    )


def _coloured(verdict: Verdict) -> str:
    return f"<span style='color:{COLOURS[verdict]}'>{verdict.mark} {verdict.value}</span>"
