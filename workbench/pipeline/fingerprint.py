"""The content that decides whether a stage is stale, and what changed between two of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal

from workbench.pipeline.code import CellPrint

Kind = Literal["new", "cell", "tag", "parameter", "input", "module", "output", "environment"]


@dataclass(frozen=True)
class InputPrint:
    """What is remembered of an input: the fingerprint decides, the rest lets a change be told."""

    fingerprint: str
    kind: str = ""
    rows: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class Fingerprint:
    """Everything that an entry's result depends on.

    Attributes:
        code: prints of the notebook's executed cells, in order.
        parameters: resolved values, canonical (JSON-able; secrets by reference).
        inputs: what is read, by name.
        modules: digest of each local module imported, by path.
        environment: version or digest of each part of the declared environment.
        outputs: the names declared to be saved.
    """

    code: tuple[CellPrint, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, InputPrint] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of what decides; places of cells, their first lines and row counts do not."""
        content = {
            "code": [[cell.digest, list(cell.tags)] for cell in self.code],
            "parameters": dict(self.parameters),
            "inputs": {name: value.fingerprint for name, value in self.inputs.items()},
            "modules": dict(self.modules),
            "environment": dict(self.environment),
            "outputs": sorted(self.outputs),
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON that `from_dict` turns back into an equal fingerprint."""
        return {
            "digest": self.digest,
            "code": [{**asdict(cell), "tags": list(cell.tags)} for cell in self.code],
            "parameters": dict(self.parameters),
            "inputs": {name: asdict(value) for name, value in self.inputs.items()},
            "modules": dict(self.modules),
            "environment": dict(self.environment),
            "outputs": list(self.outputs),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Fingerprint:
        """Read back what `to_dict` returned."""
        return cls(
            code=tuple(CellPrint(**{**cell, "tags": tuple(cell["tags"])}) for cell in content["code"]),
            parameters=content["parameters"],
            inputs={name: InputPrint(**value) for name, value in content["inputs"].items()},
            modules=content["modules"],
            environment=content["environment"],
            outputs=tuple(content["outputs"]),
        )


def input_prints(records: Mapping[str, Mapping[str, Any]]) -> dict[str, InputPrint]:
    """Reduce the records of a stage's inputs to their prints."""
    return {
        name: InputPrint(
            record["fingerprint"], record.get("kind", ""), record.get("rows"), record.get("version")
        )
        for name, record in records.items()
    }


@dataclass(frozen=True)
class Reason:
    """One change that makes a stage stale.

    Attributes:
        kind: what sort of thing changed.
        name: the thing: a cell's number, a parameter, an input, a module's path, a package.
        before: what it was, None when it was not there.
        after: what it is, None when it is gone.
        text: the change in one line, for people.
    """

    kind: Kind
    name: str
    before: Any
    after: Any
    text: str


def explain(old: Fingerprint | None, new: Fingerprint) -> list[Reason]:
    """Return every change from `old` to `new`; empty when the digests are equal."""
    if old is None:
        return [Reason("new", "", None, None, "never committed before")]
    return [
        *_cell_reasons(old.code, new.code),
        *_parameter_reasons(old.parameters, new.parameters),
        *_input_reasons(old.inputs, new.inputs),
        *_module_reasons(old.modules, new.modules),
        *_output_reasons(old.outputs, new.outputs),
        *_environment_reasons(old.environment, new.environment),
    ]


def _cell_reasons(old: Sequence[CellPrint], new: Sequence[CellPrint]) -> Iterator[Reason]:
    matcher = SequenceMatcher(None, [c.digest for c in old], [c.digest for c in new], autojunk=False)
    gone: list[CellPrint] = []
    came: list[CellPrint] = []
    reasons: list[tuple[int, Reason]] = []
    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        pairs = list(zip(old[i1:i2], new[j1:j2], strict=False))
        reasons += [(after.index, reason) for before, after in pairs for reason in _pair(before, after)]
        gone += old[i1 + len(pairs) : i2]
        came += new[j1 + len(pairs) : j2]
    reasons += [(cell.index, reason) for cell, reason in _unpaired(gone, came)]
    yield from (reason for _, reason in sorted(reasons, key=lambda item: item[0]))


def _pair(before: CellPrint, after: CellPrint) -> Iterator[Reason]:
    name = str(after.index)
    if before.digest != after.digest:
        text = f"cell {name} changed: `{after.first_line}`"
        yield Reason("cell", name, before.first_line, after.first_line, text)
    for tag in sorted(set(before.tags) ^ set(after.tags)):
        was, is_ = tag in before.tags, tag in after.tags
        text = f"cell {name}: tag {tag!r} {'added' if is_ else 'removed'}"
        yield Reason("tag", name, tag if was else None, tag if is_ else None, text)


def _unpaired(gone: list[CellPrint], came: list[CellPrint]) -> Iterator[tuple[CellPrint, Reason]]:
    left = list(gone)
    for cell in came:
        name, line = str(cell.index), cell.first_line
        before = next((other for other in left if other.digest == cell.digest), None)
        if before is not None:
            left.remove(before)
            text = f"cell {before.index} moved to {name}: `{line}`"
            yield cell, Reason("cell", name, line, line, text)
        else:
            yield cell, Reason("cell", name, None, line, f"cell {name} added: `{line}`")
    for cell in left:
        text = f"cell {cell.index} removed: `{cell.first_line}`"
        yield cell, Reason("cell", str(cell.index), cell.first_line, None, text)


def _parameter_reasons(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Reason]:
    for name, before, after in _changes(old, new):
        if name not in old:
            text = f"parameter {name} added: {_shown(after)}"
        elif name not in new:
            text = f"parameter {name} removed, it was {_shown(before)}"
        else:
            text = f"parameter {name}: {_shown(before)} → {_shown(after)}"
        yield Reason("parameter", name, before, after, text)


def _input_reasons(old: Mapping[str, InputPrint], new: Mapping[str, InputPrint]) -> Iterator[Reason]:
    for name, before, after in _changes(old, new):
        if before is None:
            text = f"input {name} added"
        elif after is None:
            text = f"input {name} removed"
        elif before.fingerprint == after.fingerprint:
            continue
        else:
            text = f"input {name}: {content_change(before, after)}"
        yield Reason("input", name, before, after, text)


def content_change(before: InputPrint, after: InputPrint) -> str:
    """Return in a few words how the content of an input or output changed."""
    if "absent" in (before.kind, after.kind):
        return "there was none" if before.kind == "absent" else "there is none any more"
    if after.kind == "unread":
        return "it cannot be read"
    if after.kind == "model" and before.version != after.version:
        return f"version {before.version} → {after.version}"
    if before.rows is None or after.rows is None:
        return "content changed"
    if before.rows != after.rows:
        return f"{before.rows:,} → {after.rows:,} rows"
    return f"{after.rows:,} rows, content changed"


def _module_reasons(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Reason]:
    for name, before, after in _changes(old, new):
        if name.endswith(".toml"):
            what = "changed" if before and after else "is used now" if after else "is no longer used"
            yield Reason("module", name, before, after, f"contract {name} {what}")
            continue
        what = "changed" if before and after else "is imported now" if after else "is no longer imported"
        yield Reason("module", name, before, after, f"module {name} {what}")


def _output_reasons(old: Sequence[str], new: Sequence[str]) -> Iterator[Reason]:
    for name in sorted(set(old) ^ set(new)):
        is_new = name in new
        text = f"output {name} is {'declared now' if is_new else 'no longer declared'}"
        yield Reason("output", name, None if is_new else name, name if is_new else None, text)


def _environment_reasons(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Reason]:
    for name, before, after in _changes(old, new):
        file, _, package = name.rpartition(":")
        where = f" ({file})" if file else ""
        if before is None or after is None:
            what = f"{package} {'added' if before is None else 'removed'}"
        elif len(after) == 64 == len(before):  # digests of a whole file
            what = f"{package} changed"
        else:
            what = f"{package} {before or 'any'} → {after or 'any'}"
        yield Reason("environment", name, before, after, f"environment: {what}{where}")


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in sorted(set(old) | set(new)):
        before, after = old.get(name), new.get(name)
        if (name in old) != (name in new) or _exact(before) != _exact(after):
            yield name, before, after


def _exact(value: Any) -> str:
    """Tell 1, 1.0 and True apart, as the digest does."""
    return json.dumps(value, sort_keys=True, default=repr)


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"
