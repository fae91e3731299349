"""A search as people watch it: numbers, the history, what mattered, every trial."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import ipywidgets

from workbench.errors import WorkbenchError
from workbench.widgets.parts import Column, block, chip, frame, html, joined, notice, table
from workbench.widgets.parts.axes import Axes
from workbench.widgets.parts.tiles import legend, share_bar, tiles
from workbench.widgets.tuning.searched import COMPLETE, FAILED, GOING, PRUNED, Searched, stands
from workbench.widgets.tuning.words import counted, progress, settings, trend, value_of, value_text

if TYPE_CHECKING:
    from markupsafe import Markup

    from workbench.insight.experiments import Importance, Trial
    from workbench.widgets.tuning.widget import Tuning

_POINTS = 400  # of the picture; of more trials some are left out, but none that was the best
_SIGNS = {COMPLETE: "succeeded", PRUNED: "skipped", FAILED: "failed", GOING: "running"}


class View:
    """Draws a search.

    Args:
        tuning: whose search it is.
    """

    def __init__(self, tuning: Tuning) -> None:
        self._tuning = tuning
        self._lock = threading.RLock()
        self._seen: object = None
        self._is_choosing = False
        self._numbers, self._picture, self._mattered = block(), block(), block()
        self._goal = ipywidgets.Dropdown(description="Looked for", options=[])
        self._goal.layout.display = "none"
        self._trials = table([], [], empty="No trial yet.")
        self._table = ipywidgets.Accordion([self._trials], titles=("Every trial",), selected_index=None)
        self._goal.observe(self._chose, "value")
        self.panel = frame(
            self._numbers,
            self._goal,
            self._picture,
            self._mattered,
            self._table,
            title="Search of parameters",
        )
        self.draw()

    def draw(self, *, anew: bool = False) -> bool:
        """Show what is new, from whichever thread; return whether anything was."""
        with self._lock:
            return self._draw(anew=anew)

    def _draw(self, *, anew: bool) -> bool:
        try:
            found = self._tuning.look()
        except WorkbenchError as error:
            self._numbers.value = notice(error)
            return False
        if found is None:
            self._numbers.value = notice(self._tuning.text(), "quiet")
            return False
        stamp = (found.about, tuple(found.counts.items()))
        is_new = stamp != self._seen or anew
        goal = self._chosen(found)
        if is_new:
            self._seen = stamp
            self._numbers.value = _numbers(found, goal)
            self._picture.value = _history(found, goal) if goal else ""
            self._trials.show(_ordered(found, goal), _columns(found))
        if goal:
            told = self._tuning.importance_of(found, goal, in_a_hurry=is_new)
            self._mattered.value = _mattered(told, goal)
        return is_new

    def _chose(self, _change: object) -> None:
        if not self._is_choosing:
            self.draw(anew=True)

    def _chosen(self, found: Searched) -> str:
        goals = tuple(found.goals)
        if tuple(self._goal.options) != goals:
            self._is_choosing = True
            self._goal.options = goals
            self._goal.value = goals[0] if goals else None
            self._goal.layout.display = None if len(goals) > 1 else "none"
            self._is_choosing = False
        return self._goal.value or ""


def _numbers(found: Searched, goal: str) -> Markup:
    best = found.best(goal) if goal else None
    about = html('<div class="wb-quiet">{about}: {counted}</div>', about=found.about, counted=counted(found))
    if best is None:
        return about
    counts = found.counts
    shown = tiles(
        [
            (value_text(best.metrics[goal]), f"best {goal}", f"trial {best.name}"),
            (f"#{best.name}", "best trial", progress(found, goal)),
            (f"{counts[COMPLETE]:,}", "complete", ""),
            (f"{counts[PRUNED]:,}", "given up early", "stopped because it fell behind the others"),
            (f"{counts[FAILED]:,}", "failed", ""),
            *([(f"{counts[GOING]:,}", "going on", "")] if counts[GOING] else []),
        ]
    )
    words = html(
        "<div>Best so far: {settings}. <span class='wb-quiet'>{progress}.</span></div>",
        settings=settings(best.parameters),
        progress=progress(found, goal).capitalize(),
    )
    return about + shown + words


def _history(found: Searched, goal: str) -> Markup:
    trials = found.trials.trials
    valued = [
        (place, trial, trial.metrics[goal]) for place, trial in enumerate(trials) if goal in trial.metrics
    ]
    if not valued:
        return html('<p class="wb-quiet">No trial has {goal} yet.</p>', goal=goal)
    low, high = _between(
        [value for _, trial, value in valued if stands(trial) == COMPLETE], found.goals[goal]
    ) or (
        min(value for *_, value in valued),
        max(value for *_, value in valued),
    )
    axes = Axes(
        f"{goal} of each trial, and the best so far",
        x="trial",
        y=goal,
        across=(-0.5, max(len(trials), 2) - 0.5),
        up=(low, high),
    )
    for state, tone, crossed in ((COMPLETE, "brand", False), (PRUNED, "quiet", True)):
        mine = _thinned([each for each in valued if stands(each[1]) == state])
        axes.points(
            [place for place, *_ in mine],
            [value for *_, value in mine],
            tone,
            titles=[
                f"trial {trial.name}: {value:.6g}; {settings(trial.parameters)}" for _, trial, value in mine
            ],
            crossed=crossed,
        )
    failed = [place for place, trial in enumerate(trials) if stands(trial) == FAILED][-_POINTS:]
    axes.points(
        failed, [low] * len(failed), "bad", titles=[f"trial {p}: failed" for p in failed], crossed=True
    )
    axes.steps(
        [*range(len(trials)), len(trials) - 0.5], [*(so_far := found.so_far(goal)), so_far[-1]], "warn"
    )
    key = [("brand", "complete"), ("warn", "best so far")]
    key += [("quiet", "given up early, ×")] if found.counts[PRUNED] else []
    key += [("bad", "failed, ×")] if failed else []
    return axes.svg() + legend(key)


def _between(values: list[float], more_is_better: bool) -> tuple[float, float] | None:
    """Return ends between which nearly all values lie: a few that are very bad would hide the rest."""
    if not values:
        return None
    ordered = sorted(values, reverse=more_is_better)
    best, far = ordered[0], ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))]
    worst = ordered[-1]
    reach = min(abs(worst - best), 2 * abs(far - best) or abs(worst - best)) or abs(best) * 0.01 or 1.0
    room = 0.06 * reach
    return (best - reach - room, best + room) if more_is_better else (best - room, best + reach + room)


def _thinned(points: list[tuple[int, Trial, float]]) -> list[tuple[int, Trial, float]]:
    step = -(-len(points) // _POINTS) if points else 1
    return points[::-step][::-1] if step > 1 else points


def _mattered(told: Importance, goal: str) -> Markup:
    head = html("<h4>What mattered for {goal}</h4>", goal=goal)
    if told.note:
        return head + html('<p class="wb-quiet">{note}</p>', note=told.note)
    rows = [(each.name, each.share, trend(each.trend).strip(" ()")) for each in told.parameters]
    if told.together >= 0.005:
        rows.append(("several together", told.together, ""))
    body = joined(
        html(
            "<tr><td>{name}</td><td>{bar}</td><td class='wb-quiet'>{trend}</td></tr>",
            name=name,
            bar=share_bar(share, f"{100 * share:.0f} %"),
            trend=way,
        )
        for name, share, way in rows
    )
    held = (
        ""
        if told.held is None
        else f"; of trials not learnt from it explains {100 * max(told.held, 0):.0f} %"
    )
    note = f"Share of the variance, from {told.trials:,} complete trials{held}."
    if told.held is not None and told.held < 0.2:
        note += " That is too little to rely on."
    return head + html(
        '<table class="wb-table"><tbody>{body}</tbody></table><p class="wb-quiet">{note}</p>',
        body=body,
        note=note,
    )


def _ordered(found: Searched, goal: str) -> list[Trial]:
    """Return the trials, the best first; those without a value after all others, the newest first."""
    newest = list(reversed(found.trials.trials))
    if not goal:
        return newest
    sign = -1.0 if found.goals[goal] else 1.0
    rank = {COMPLETE: 0, PRUNED: 1, GOING: 2, FAILED: 3}
    return sorted(newest, key=lambda trial: (rank[stands(trial)], sign * trial.metrics.get(goal, 0.0)))


def _columns(found: Searched) -> list[Column]:
    def parameter(name: str) -> Column:
        return Column(
            name, lambda trial: value_text(trial.parameters[name]) if name in trial.parameters else None, True
        )

    def metric(name: str) -> Column:
        unit = " (s)" if name == "seconds" else ""
        return Column(f"{name}{unit}", lambda trial: value_of(trial, name), True)

    return [
        Column("trial", lambda trial: trial.name, True),
        Column("state", _state),
        *(metric(name) for name in dict.fromkeys([*found.goals, *found.trials.metrics])),
        *(parameter(name) for name in found.trials.parameters),
    ]


def _state(trial: Trial) -> Any:
    return chip(_SIGNS[stands(trial)], trial.state)
