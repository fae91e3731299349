"""What a run saved, logged and showed, and in which cell it did so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from workbench.adopt.magic import PYTHON_CELLS
from workbench.data.digest import sha256_file
from workbench.parity.subject import Subject
from workbench.parity.trial import Trial
from workbench.pipeline.space import Space

_COMPARED = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".parquet", ".feather", ".npy", ".md", ".png")
_NOISE = (
    (re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (re.compile(r"\b0x[0-9a-fA-F]{6,}\b"), "0x"),
    (re.compile(r"(?:CPU times|Wall time):.*"), "time"),
    (re.compile(r"\d+(?:\.\d+)?\s*(?:ns|µs|us|ms|s|sec|secs|seconds|min|minutes)\b(?: ± .*)?"), "time"),
    (re.compile(r"\d{2}:\d{2}(?::\d{2})?"), "time"),
    (re.compile(r"\d+(?:\.\d+)?\s*it/s|\d+%\|[^|]*\|"), ""),
    (re.compile(r"/tmp/\S+"), "/tmp/…"),  # noqa: S108 - a text, not a file
)


@dataclass(frozen=True)
class Result:
    """One thing that a run leaves behind.

    Attributes:
        cell: the cell that left it; None when that is not known.
        kind: how it is to be compared.
        content: an output's record, a metric's values, a file's digest, or a text.
    """

    label: str
    cell: int | None
    kind: Literal["output", "metric", "file", "text"]
    content: Any


def results_of(trial: Trial, subject: Subject) -> dict[str, Result]:
    """Return everything by which two runs are compared.

    Of a stage what it shows is left out: a look at some random rows harms nobody.
    """
    wrote = _wrote(trial)
    found = [*_outputs(trial, wrote), *_metrics(trial), *_figures(trial, wrote), *_files(trial)]
    if subject.stage is None:
        found += _shown(trial, subject)
    return {result.label: result for result in found}


def _wrote(trial: Trial) -> dict[str, int]:
    """Return the cell that wrote each file of the attempt last."""
    return {path: line["cell"] for line in trial.seen("values") for path in line["wrote"]}


def _outputs(trial: Trial, wrote: Mapping[str, int]) -> Iterator[Result]:
    folder = Space(trial.folder)
    for name, record in trial.result.records.items():
        content = {**record, "uri": str(folder.output(name))}
        yield Result(f"the output `{name}`", wrote.get(f"outputs/{name}.json"), "output", content)


def _metrics(trial: Trial) -> Iterator[Result]:
    values: dict[str, list[float]] = {}
    cells: dict[str, int | None] = {}
    sizes = [
        (line["wrote"]["metrics.jsonl"], line["cell"])
        for line in trial.seen("values")
        if "metrics.jsonl" in line["wrote"]
    ]
    path = trial.folder / "metrics.jsonl"
    lengths = [len(line) for line in path.read_bytes().splitlines(keepends=True)] if path.exists() else []
    end = 0
    for line, length in zip(Space(trial.folder).metric_lines(), lengths, strict=False):
        end += length
        values.setdefault(line["name"], []).append(line["value"])
        cells.setdefault(line["name"], next((cell for size, cell in sizes if size >= end), None))
    for name, each in values.items():
        yield Result(f"the metric `{name}`", cells[name], "metric", each)


def _figures(trial: Trial, wrote: Mapping[str, int]) -> Iterator[Result]:
    for path in sorted((trial.folder / "figures").glob("*")):
        if path.is_file():
            digest = sha256_file(path)
            yield Result(f"`{path.name}`", wrote.get(f"figures/{path.name}"), "file", digest)


def _files(trial: Trial) -> Iterator[Result]:
    for line in trial.seen("write"):
        path = Path(line["path"])
        if path.suffix.lower() in _COMPARED and line["path"] in trial.files:
            yield Result(f"the file {path.name}", line["cell"], "file", trial.files[line["path"]])


def _shown(trial: Trial, subject: Subject) -> Iterator[Result]:
    for cell, outputs in trial.outputs.items():
        text = shown_text(outputs)
        other = any(
            magic.kind in ("shell", "cell") and magic.name not in PYTHON_CELLS
            for magic in subject.cell(cell).magics
        )
        if text and not other:  # what programs print is theirs
            yield Result(f"what cell {cell} shows", cell, "text", text)


def shown_text(outputs: list[dict[str, Any]]) -> str:
    """Return what a cell shows as text, without what differs from run to run in every notebook."""
    parts = []
    for output in outputs:
        if output["output_type"] == "stream" and output.get("name") == "stdout":
            parts.append(_joined(output["text"]))
        elif output["output_type"] in ("execute_result", "display_data"):
            parts.append(_joined(output.get("data", {}).get("text/plain", "")))
    text = "\n".join(parts)
    for pattern, replacement in _NOISE:
        text = pattern.sub(replacement, text)
    return " ".join(text.split())


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
