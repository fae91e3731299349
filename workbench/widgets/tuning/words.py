"""A search in words, for a terminal, a log and a screen reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.insight.experiments import Importance, Trial
from workbench.widgets.tuning.searched import COMPLETE, FAILED, GOING, PRUNED, Searched

_WORDS = {COMPLETE: "complete", PRUNED: "given up early", FAILED: "failed", GOING: "going on"}
_LAST = 3
_MATTER = 5


def said(found: Searched, mattered: Importance | None) -> str:
    """Return what a search has come to."""
    lines = [f"Search: {found.about}", f"  {counted(found)}"]
    for goal in found.goals:
        best = found.best(goal)
        if best is None:
            lines.append(f"  {goal}: no trial is complete yet")
            continue
        more = "most" if found.goals[goal] else "least"
        lines.append(f"  best   {goal} {best.metrics[goal]:.6g} ({more} is best), trial {best.name}")
        lines.append(f"         {settings(best.parameters)}")
        lines.append(f"         {progress(found, goal)}")
    if mattered is not None:
        lines.append(f"  what mattered for {found.goal}: {matters(mattered)}")
    for trial in found.trials.trials[-_LAST:]:
        lines.append(f"  trial {trial.name:<5} {trial.state:<9} {value_of(trial, found.goal)}")
    return "\n".join(lines)


def counted(found: Searched) -> str:
    """Return how many trials stand how."""
    counts = [f"{count:,} {_WORDS[state]}" for state, count in found.counts.items() if count]
    number = len(found.trials.trials)
    return f"{number:,} trial{'s' if number != 1 else ''}" + (f": {', '.join(counts)}" if counts else "")


def progress(found: Searched, goal: str) -> str:
    """Return whether the search still gets anywhere."""
    since = found.since_best(goal)
    if not since:
        return "found by the last trial that is complete"
    return f"{since:,} complete trial{'s' if since != 1 else ''} since, none better"


def matters(mattered: Importance) -> str:
    """Return how much of a metric's variance belongs to which parameter."""
    if mattered.note:
        return mattered.note
    told = [
        f"{each.name} {100 * each.share:.0f} %{trend(each.trend)}" for each in mattered.parameters[:_MATTER]
    ]
    if mattered.together >= 0.005:
        told.append(f"several together {100 * mattered.together:.0f} %")
    doubt = ""
    if mattered.held is not None and mattered.held < 0.2:
        doubt = " (weak: hardly anything of it holds for trials that were not learnt from)"
    return ", ".join(told) + doubt


def trend(correlation: float | None) -> str:
    """Return whether more of a parameter goes with more of the metric; empty where neither shows."""
    if correlation is None or abs(correlation) < 0.3:
        return ""
    return " (rises with it)" if correlation > 0 else " (falls with it)"


def settings(parameters: Mapping[str, Any]) -> str:
    """Return parameters as people write them."""
    return ", ".join(f"{name} {value_text(value)}" for name, value in parameters.items()) or "no parameters"


def value_of(trial: Trial, goal: str) -> str:
    """Return what a trial measured."""
    return f"{trial.metrics[goal]:.6g}" if goal in trial.metrics else "–"


def value_text(value: Any) -> str:
    """Return a parameter's value with as many digits as matter."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
