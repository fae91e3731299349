"""The four questions that a card answers at a glance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbench.registry.card.comparison import CANDIDATE
from workbench.registry.card.document import Answer
from workbench.registry.card.known import Dataset, Known
from workbench.registry.card.words import day, label, listed, moment, number, rows, shorten, value
from workbench.registry.gate import GateResult
from workbench.registry.promotion import AUTOMATIC
from workbench.registry.verdict import Verdict
from workbench.registry.version import CHAMPION, Promotion

_LONGEST = 150  # characters of a line; the whole of it stands in its section
_TONES = {Verdict.PASS: "good", Verdict.FAIL: "bad", Verdict.INCONCLUSIVE: "doubt"}


def answers(known: Known) -> tuple[Answer, ...]:
    """Return the four answers; where nobody looked, they say so."""
    return (_trained_on(known), _good_at(known), _bad_for(known), _approved_by(known))


def span_text(dataset: Dataset) -> str:
    """Return between which days a dataset lies; empty when nobody can say."""
    span = dataset.span
    if span is None:
        return ""
    years = span.first.year == span.last.year
    first = f"{span.first.day} {span.first:%b}" + ("" if years else f" {span.first.year}")
    return f"{first} – {span.last.day} {span.last:%b %Y}"


def _trained_on(known: Known) -> Answer:
    question = "Trained on what?"
    if not known.learnt_from:
        return Answer(question, "No dataset is recorded", ("The training stage read none.",), "doubt")
    first = known.learnt_from[0]
    learnt = known.version.metrics.get("rows")
    count = int(learnt) if learnt else first.rows
    days = {n: v for n, v in known.version.parameters.items() if _is_about_time(n)}
    lines = [", ".join(f"{label(n)} {value(v)}" for n, v in days.items())] if days else []
    for dataset in known.learnt_from:
        lines.append(f"{dataset.name} version {dataset.version} has {rows(dataset.rows)}")
        if dataset.span:
            lines[-1] += f", {label(dataset.span.column)} {span_text(dataset)}"
    if known.behind:
        lines.append(f"Made from {listed(d.name for d in known.behind)}")
    wrong = [d for d in known.learnt_from if d.wrong]
    lines += [f"{d.name}: {d.wrong}" for d in wrong]
    return Answer(question, f"{rows(count)} of {first.name}", lines, "bad" if wrong else "plain")


def _is_about_time(parameter: str) -> bool:
    return bool(
        {"days", "until", "since", "from", "after", "before", "date", "weeks"} & set(parameter.split("_"))
    )


def _good_at(known: Known) -> Answer:
    question, comparison = "Good at what?", known.comparison
    task = f"{label(known.config.target)} ({known.config.task})" if known.config else known.version.model
    if not comparison.metrics:
        return Answer(question, "Nothing was measured", (f"It predicts {task}.",), "doubt")
    first = comparison.metrics[0]
    ours = comparison.values[(CANDIDATE, first)]
    lines = [_against(known, who) for who in comparison.who[1:]]
    if known.config:
        lines.insert(0, f"Predicts {task}")
    others = [f"{label(m)} {number(comparison.values[(CANDIDATE, m)])}" for m in comparison.metrics[1:4]]
    if others:
        lines.append(", ".join(others))
    judged = known.rows_judged
    if judged:
        lines.append(f"Measured on {rows(judged)}")
    verdict = known.version.verdict
    tone = _TONES[verdict] if verdict else "doubt"
    return Answer(question, f"{label(first)} {number(ours)}", tuple(filter(None, lines)), tone)


def _against(known: Known, who: str) -> str:
    comparison = known.comparison
    first = comparison.metrics[0]
    gain = comparison.better_by(first, who)
    if gain is None:
        return ""
    theirs = number(comparison.values.get((who, first)))
    return f"{abs(gain):.1%} {'better' if gain >= 0 else 'worse'} than {label(who)} ({theirs})"


def _bad_for(known: Known) -> Answer:
    question = "Bad for whom?"
    if not known.groups:
        silent = "no gate compares slices or groups" if known.version.evaluations else "its gates never ran"
        return Answer(question, "Nobody looked", (f"{silent.capitalize()}.", *_limits(known)), "doubt")
    bad = [gate for gate in known.groups if gate.verdict is not Verdict.PASS]
    headline = next(filter(None, [_worst(g) for g in known.groups] + [_apart(g) for g in known.groups]), "")
    headline = headline or "No group stands out"
    lines = [shorten(f"{g.verdict.mark} {g.name}: {g.summary}", _LONGEST) for g in known.groups]
    tone = _TONES[bad[0].verdict] if bad else "plain"
    return Answer(question, headline, (*lines, *_limits(known)), tone)


def _worst(gate: GateResult) -> str:
    """Return the slice that a gate found to be served worst, with its number; empty when it names none."""
    worst = gate.evidence.get("worst")
    if not isinstance(worst, Mapping):
        return ""
    if "column" not in worst or "value" not in worst:
        return value(worst)
    measured = f": {label(str(gate.evidence.get('metric', '')))} {number(worst.get('metric'))}"
    return f"{label(str(worst['column']))} {worst['value']}{measured if worst.get('metric') else ''}"


def _apart(gate: GateResult) -> str:
    apart = gate.evidence.get("furthest")
    return f"{' against '.join(map(str, apart))}" if isinstance(apart, (list, tuple)) else ""


def _limits(known: Known) -> tuple[str, ...]:
    return tuple(known.config.limits[:1]) if known.config else ()


def _approved_by(known: Known) -> Answer:
    question, trace = "Approved by whom?", known.trace
    waiting = [p for p in trace.promotions if p.state == "proposed"]
    done = trace.promotion
    if done is None or done.decision is None:
        return Answer(question, *_not_approved(known, waiting), tone="doubt")
    decision = done.decision
    who = "Nobody: by policy" if done.policy == AUTOMATIC and done.run else decision.actor
    lines = list(_by_policy(done)) if done.policy == AUTOMATIC else [f"Policy: {done.policy}"]
    if done.policy != AUTOMATIC:
        lines.append(f"Asked for by {done.author or done.actor}")
    lines.append(moment(decision.at))
    if decision.reason:
        lines.append(f"“{shorten(decision.reason, _LONGEST)}”")
    return Answer(question, who, (*lines, *_since(known)), "plain" if CHAMPION in trace.aliases else "doubt")


def _by_policy(done: Promotion) -> Iterator[str]:
    yield "The policy is automatic: its gates passed, and no person was asked"
    yield f"Run started by {done.author or done.actor}" if done.run else f"Promoted by {done.actor}"


def _not_approved(known: Known, waiting: list[Promotion]) -> tuple[str, tuple[str, ...]]:
    if waiting:
        asked = waiting[-1]
        who = asked.author or asked.actor
        return "Waits for approval", (f"Asked for by {who} on {day(asked.at)}", f"Policy: {asked.policy}")
    last = known.state.decided(known.version.number)
    if last is not None and last.decision is not None:
        reason = f"“{last.decision.reason}”"
        return f"Rejected by {last.decision.actor}", (moment(last.decision.at), reason)
    return "Nobody", ("It was never champion, and nobody asked.",)


def _since(known: Known) -> tuple[str, ...]:
    if CHAMPION in known.trace.aliases:
        return ()
    taken = [m for m in known.trace.moves if m.alias == CHAMPION and m.before == known.version.number]
    if not taken:
        return ()
    last = taken[-1]
    because = f": “{last.reason}”" if last.reason else ""
    return (f"No champion any more since {moment(last.at)}, by {last.why} to version {last.after}{because}",)
