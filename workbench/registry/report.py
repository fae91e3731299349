"""The report of all gates over one candidate, as a notebook shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from workbench.registry.gate import GateResult
from workbench.registry.verdict import Verdict, combined

if TYPE_CHECKING:
    from workbench.pipeline.stage import Stage

_COLOURS = {Verdict.PASS: "#2e7d32", Verdict.FAIL: "#c62828", Verdict.INCONCLUSIVE: "#8d6e00"}


@dataclass(frozen=True)
class GateReport:
    """What every gate said of a candidate; `require()` ends the stage unless all passed."""

    model: str
    results: tuple[GateResult, ...]
    stage: Stage | None = field(default=None, repr=False, compare=False)

    @property
    def verdict(self) -> Verdict:
        """Fail if any gate failed, else inconclusive if any was, else pass."""
        return combined(result.verdict for result in self.results)

    @property
    def passed(self) -> bool:
        """Whether every gate passed."""
        return self.verdict is Verdict.PASS

    def __getitem__(self, name: str) -> GateResult:
        """Return one gate's result by its name."""
        return next(result for result in self.results if result.name == name)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON."""
        return {
            "model": self.model,
            "verdict": self.verdict.value,
            "gates": [result.to_dict() for result in self.results],
        }

    def require(self) -> None:
        """End the stage with a no, the evidence kept, unless every gate passed."""
        if self.passed:
            return
        reason = why_not(self.results)
        if self.stage is None:
            raise RuntimeError(f"This report belongs to no stage that could be rejected: {reason}")
        self.stage.reject(reason, self.to_dict())

    def __str__(self) -> str:
        width = max((len(result.name) for result in self.results), default=0)
        lines = [f"  {r.verdict.mark} {r.name:<{width}}  {r.summary}" for r in self.results]
        return "\n".join([f"{self.model}: {self.verdict.value}", *lines])

    def _repr_html_(self) -> str:
        rows = "".join(_row(result) for result in self.results)
        return (
            f"<p><strong>{escape(self.model)}: {_coloured(self.verdict)}</strong></p>"
            "<table><thead><tr><th>gate</th><th>verdict</th><th style='text-align:left'>evidence</th></tr>"
            f"</thead><tbody>{rows}</tbody></table>"
        )


def why_not(results: Sequence[GateResult]) -> str:
    """Return, in one line, which gates did not pass and what they found."""
    bad = [r for r in results if r.verdict is not Verdict.PASS]
    if not results:
        return "no gate is declared, so nothing speaks for this candidate"
    return "; ".join(f"gate {r.name} {_said(r.verdict)}: {r.summary}" for r in bad)


def _said(verdict: Verdict) -> str:
    return "failed" if verdict is Verdict.FAIL else "is inconclusive"


def _row(result: GateResult) -> str:
    return (
        f"<tr><td>{escape(result.name)}</td><td>{_coloured(result.verdict)}</td>"
        f"<td style='text-align:left'>{escape(result.summary)}</td></tr>"
    )


def _coloured(verdict: Verdict) -> str:
    return f"<span style='color:{_COLOURS[verdict]}'>{verdict.mark} {verdict.value}</span>"
