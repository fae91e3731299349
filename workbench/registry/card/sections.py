"""The sections of a card below its four answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.registry.card.answers import span_text
from workbench.registry.card.document import Block, Facts, Folded, Picture, Points, Section, Table, Text
from workbench.registry.card.evidence import evidence_blocks, explanation_blocks
from workbench.registry.card.known import Known
from workbench.registry.card.words import NONE, label, moment, number, value
from workbench.registry.compared import difference_words
from workbench.registry.gate import GateResult
from workbench.registry.trace import Step


def sections(known: Known) -> tuple[Section, ...]:
    """Return every section that has something to say."""
    config = known.config
    found = (
        Section("Intended use", _sentences(config.intended_use if config else (), "intended_use", known)),
        Section("Limits", _sentences(config.limits if config else (), "limits", known)),
        Section("Metrics", tuple(_metrics(known))),
        Section("Gates", tuple(_gates(known.version.gates, known.version.evaluation is not None))),
        Section("Slices and fairness", tuple(_groups(known))),
        Section("What it looks at", tuple(_explanations(known))),
        Section("Figures", tuple(_figures(known))),
        Section("Data", tuple(_data(known))),
        Section("Parameters", tuple(_parameters(known))),
        Section("Where it comes from", tuple(_lineage(known))),
        Section("Decisions", tuple(_decisions(known))),
        Section("The model itself", tuple(_model(known))),
    )
    return tuple(section for section in found if section.blocks)


def _sentences(texts: Sequence[str], key: str, known: Known) -> tuple[Block, ...]:
    if len(texts) > 1:
        return (Points(texts),)
    if texts:
        return (Text(texts[0]),)
    missing = f"Not stated. Say it as {key} under [models.{known.version.model}] in workbench.toml."
    return (Text(missing, quiet=True),)


def _metrics(known: Known) -> Iterator[Block]:
    comparison = known.comparison
    judged = known.trace.judged
    if comparison.metrics:
        table = [
            [label(who), *(number(comparison.values.get((who, m))) for m in comparison.metrics)]
            for who in comparison.who
        ]
        names = [label(metric) for metric in comparison.metrics]
        where = f"Logged by stage {judged.stage} in run {judged.run}." if judged and judged.metrics else ""
        yield Table(
            ["", *names], table, frozenset(names), strong=0 if len(table) > 1 else None, caption=where
        )
    if comparison.alone:
        yield Facts({label(name): number(found) for name, found in comparison.alone.items()})
    if judged and judged.metrics and known.version.metrics:
        own = {label(name): number(found) for name, found in known.version.metrics.items()}
        yield Folded(f"Logged while training, by stage {known.version.stage}", [Facts(own)])


def _gates(gates: Sequence[GateResult], ran: bool) -> Iterator[Block]:
    if not gates:
        yield Text("No gate is declared." if ran else "Its gates never ran.", quiet=True)
        return
    rows = [[gate.name, gate.verdict.value, gate.summary] for gate in gates]
    yield Table(["gate", "verdict", "what it found"], rows, verdicts="verdict")
    for gate in gates:
        details = tuple(evidence_blocks(gate.evidence))
        rule = {label(name): value(part) for name, part in gate.rule.items() if part is not None}
        yield Folded(f"{gate.name}: rule and evidence", (Facts(rule), *details))


def _groups(known: Known) -> Iterator[Block]:
    for gate in known.groups:
        yield Text(f"{gate.verdict.mark} {gate.name}: {gate.summary}")
        yield from (block for block in evidence_blocks(gate.evidence) if isinstance(block, Table))
    if not known.groups:
        yield Text("No gate looked at slices of the rows or at groups, so nobody knows.", quiet=True)


def _explanations(known: Known) -> Iterator[Block]:
    for gate in known.version.gates:
        yield from explanation_blocks(gate.evidence)
    yield from explanation_blocks({"explanation": known.explanation})
    for pictures in known.pictures.values():
        for path in pictures:
            if _explains(path.stem):
                yield Picture(path, label(path.stem))


def _figures(known: Known) -> Iterator[Block]:
    for what, pictures in known.pictures.items():
        shown = [path for path in pictures if not _explains(path.stem)]
        if what == "judging":
            yield from (Picture(path, label(path.stem)) for path in shown)
        elif shown:
            yield Folded("Kept while training", [Picture(path, label(path.stem)) for path in shown])


def _explains(name: str) -> bool:
    return any(word in name for word in ("importance", "contribution", "dependence", "explanation", "shap"))


def _data(known: Known) -> Iterator[Block]:
    columns = ["dataset", "version", "rows", "from – to", "fingerprint"]
    rows = [
        [
            dataset.name if near else f"{dataset.name} (behind it)",
            value(dataset.version),
            number(dataset.rows),
            dataset.wrong or span_text(dataset) or NONE,
            dataset.fingerprint[:12],
        ]
        for near, datasets in ((True, known.learnt_from), (False, known.behind))
        for dataset in datasets
    ]
    if rows:
        yield Table(columns, rows, frozenset({"version", "rows"}))


def _parameters(known: Known) -> Iterator[Block]:
    steps = [*known.trace.made, *([known.trace.judged] if known.trace.judged else [])]
    rows = [
        [step.stage, name, value(part)] for step in reversed(steps) for name, part in step.parameters.items()
    ]
    if rows:
        yield Table(["stage", "parameter", "value"], rows)


def _lineage(known: Known) -> Iterator[Block]:
    steps = [*known.trace.made, *([known.trace.judged] if known.trace.judged else [])]
    rows = [
        [
            step.stage,
            ", ".join(f"{r.name}{_version(r.version)}" for r in step.reads) or NONE,
            ", ".join(f"{r.name}{_version(r.version)}" for r in step.saved) or NONE,
            step.run,
            _git(step.git),
            step.actor,
        ]
        for step in steps
    ]
    if rows:
        yield Table(["stage", "read", "made", "run", "git commit", "run by"], rows)
    for step in steps:
        if step.cells:
            yield Folded(f"Cells of {step.stage}", [_cells(step)])


def _cells(step: Step) -> Table:
    rows = [[str(cell.number), cell.first_line, cell.digest[:12]] for cell in step.cells]
    return Table(["cell", "begins with", "digest"], rows, frozenset({"cell"}), caption=step.notebook)


def _decisions(known: Known) -> Iterator[Block]:
    rows = []
    for promotion in known.trace.promotions:
        by = promotion.author or promotion.actor
        asked = f"asked for as {promotion.alias}" + (f", run {promotion.run}" if promotion.run else "")
        rows.append((promotion.at, 0, [asked, by, promotion.reason or NONE]))
        if promotion.decision is not None:
            said = promotion.decision
            who = f"{promotion.policy}, run of {said.actor}" if _by_policy(promotion) else said.actor
            rows.append((said.at, 1, [promotion.state, who, said.reason or NONE]))
    for move in known.trace.moves:
        before = "nobody" if move.before is None else f"version {move.before}"
        after = "nobody" if move.after is None else f"version {move.after}"
        what = f"{move.alias} moved from {before} to {after} by {move.why}"
        rows.append((move.at, 2, [what, move.actor, move.reason or NONE]))
    told = [[moment(at), *row] for at, _, row in sorted(rows, key=lambda row: (row[0], row[1]))]
    if told:
        yield Table(["when", "what", "by", "why"], _without_repeats(told))
        compared = [p.difference for p in known.trace.promotions if p.difference]
        if compared:
            head, *lines = difference_words(compared[-1])
            yield Text(f"What differs, as the last request has it. {head}")
            yield Points([line.strip() for line in lines])
    else:
        yield Text("Nobody asked to promote it yet.", quiet=True)


def _without_repeats(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """A reason that the row above gave already is not said again."""
    found: list[list[str]] = []
    last = ""
    for row in rows:
        found.append([*row[:-1], "the same" if row[-1] == last != NONE else row[-1]])
        last = row[-1]
    return found


def _by_policy(promotion: Any) -> bool:
    return bool(promotion.policy == "automatic" and promotion.run)


def _model(known: Known) -> Iterator[Block]:
    version, trained = known.version, known.trace.trained
    output: Mapping[str, Any] = version.output
    size = sum(file["size"] for file in output.get("files", ()))
    facts = {
        "flavour": value(output.get("flavour")),
        "size": f"{size / 1000:,.0f} KB in {len(output.get('files', ()))} files" if size else NONE,
        "fingerprint": version.fingerprint,
        "registered": f"{moment(version.at)} by {version.actor}",
        "by hand": f"committed by {version.interactive} from a session" if version.interactive else NONE,
        "run": version.run,
        "MLflow run": version.tracking_id or NONE,
    }
    if trained is not None:
        own = {n: v for n, v in trained.environment.items() if ":" not in n}
        facts["environment"] = f"{value(own)}; {len(trained.environment) - len(own)} locked packages"
    yield Facts({name: text for name, text in facts.items() if text != NONE})
    files = [[f["path"], f"{f['size']:,}", f["sha256"]] for f in output.get("files", ())]
    if files:
        yield Folded("Files", [Table(["file", "bytes", "SHA-256"], files, frozenset({"bytes"}))])


def _git(git: Mapping[str, Any]) -> str:
    commit = git.get("commit")
    return f"{commit[:10]}{' + changes' if git.get('dirty') else ''}" if commit else NONE


def _version(number_: int | None) -> str:
    return "" if number_ is None else f" v{number_}"
