"""Runs and windows in brief, kept on disk, so that the next process need not read a long ledger again.

What is kept is a cache of what the ledger tells, and only of what is shown: models, promotions, alerts and
schedules, on which somebody's decision rests, are read from the ledger by every process. It is passed over
when its bytes are damaged, when other code made it, or when the ledger does not hold the event it ends with.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import fields
from functools import cache
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

import msgspec

from workbench.insight.drafts import Runs
from workbench.insight.folded import Folded
from workbench.insight.runs import RunSummary, StageSummary
from workbench.insight.windows import CheckBrief, WindowBrief
from workbench.pipeline.outcome import Outcome
from workbench.registry.verdict import Verdict

FILE = "insight.msgpack"
KEPT = frozenset({"run", "monitoring"})
"""Kinds of streams that need not be read again up to the position that was kept."""

_CODE = ("drafts.py", "keeping.py", "runs.py", "windows.py")
_DIGEST = 64  # characters


def keep(path: Path, folded: Folded) -> None:
    """Write what is known of runs and windows; a file that cannot be written is left as it was.

    Args:
        path: the file, replaced as a whole.
        folded: what is known; nobody may change it meanwhile.
    """
    runs = [_run_row(run) for run in folded.runs.by_id.values()]
    windows = {model: [_window_row(window) for window in each] for model, each in folded.windows.items()}
    state = folded.position, folded.hash, folded.changed, sorted(folded.unread), runs, windows
    aside = path.with_name(f".{path.name}.{os.getpid()}-{token_hex(4)}")
    # what JSON may hold and MessagePack may not: half a surrogate pair, a number beyond 64 bits
    with contextlib.suppress(OSError, TypeError, ValueError, OverflowError):
        content = msgspec.msgpack.encode(state)
        try:
            aside.write_bytes(f"{_code()}{sha256(content).hexdigest()}".encode() + content)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


def kept(path: Path) -> Folded | None:
    """Return what was kept; None when there is nothing of use. The ledger must yet be asked about its end."""
    try:
        content = path.read_bytes()
        code, digest, rest = content[:_DIGEST], content[_DIGEST : 2 * _DIGEST], content[2 * _DIGEST :]
        if code != _code().encode() or digest != sha256(rest).hexdigest().encode():
            return None
        position, end, changed, unread, runs, windows = msgspec.msgpack.decode(rest)
        return Folded(
            position=position,
            hash=end,
            runs=Runs(map(_run, runs)),
            windows={model: [_window(row) for row in each] for model, each in windows.items()},
            changed=changed,
            unread=set(unread),
        )
    except (OSError, TypeError, ValueError, LookupError, AttributeError):
        return None


@cache
def _code() -> str:
    """Return the digest of the code that makes what is kept: changed code makes it anew."""
    here = Path(__file__).parent
    return sha256(b"".join((here / name).read_bytes() for name in _CODE)).hexdigest()


def _run_row(run: RunSummary) -> tuple[Any, ...]:
    return (
        *(getattr(run, name) for name in _FACTS),
        [tuple(vars(stage).values()) for stage in run.stages.values()],
    )


def _run(row: list[Any]) -> RunSummary:
    *facts, stages = row
    given = dict(zip(_FACTS, facts, strict=True))
    given["outcome"] = _outcome(given["outcome"])
    return RunSummary(**given, stages={stage[0]: _stage(*stage) for stage in stages})


def _stage(name: str, stage: str, outcome: str | None, *rest: Any) -> StageSummary:
    return StageSummary(name, stage, _outcome(outcome), *rest)


def _outcome(value: str | None) -> Outcome | None:
    return None if value is None else _OUTCOMES[value]


def _window_row(window: WindowBrief) -> tuple[Any, ...]:
    return tuple(getattr(window, name) for name in _WINDOW)


def _window(row: list[Any]) -> WindowBrief:
    given = dict(zip(_WINDOW, row, strict=True))
    given["verdicts"] = {kind: _VERDICTS[verdict] for kind, verdict in given["verdicts"].items()}
    given["versions"] = tuple(given["versions"])
    given["checks"] = tuple(_check(*each) for each in given["checks"])
    return WindowBrief(**given)


def _check(kind: str, name: str, verdict: str, *rest: Any) -> CheckBrief:
    return CheckBrief(kind, name, _VERDICTS[verdict], *rest)


_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_FACTS = tuple(each.name for each in fields(RunSummary) if each.name != "stages")
_WINDOW = tuple(each.name for each in fields(WindowBrief))
