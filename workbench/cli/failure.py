"""Turns whatever went wrong into one message, one hint and one exit code."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from workbench.cli.output import print_json
from workbench.errors import ConfigurationError, StorageError, UsageError, WorkbenchError

DEBUG = "WORKBENCH_DEBUG"
_ROOM = "Make room or free the disk, then repeat the command; `workbench runs` shows what was kept."
_YOURS = "See to it that this is yours to read and write (ls -l), then repeat the command."
_FORESEEN = {
    errno.ENOSPC: ("The disk is full", _ROOM),
    errno.EROFS: ("The disk is read-only", _ROOM),
    errno.EDQUOT: ("The quota is used up", _ROOM),
    errno.EACCES: ("Access is refused", _YOURS),
}


def report(error: BaseException, *, as_json: bool, words: Sequence[str] = ()) -> int:
    """Say what went wrong on standard error and return the exit code.

    Args:
        error: what was raised.
        as_json: whether to say it as `{"error": …}`.
        words: the command line; only its first word is kept in a log file, since values may be private.
    """
    if isinstance(error, BrokenPipeError):
        return _closed_pipe()
    if os.environ.get(DEBUG, "") not in ("", "0"):
        traceback.print_exception(error)
    said = explain(error, words)
    if as_json:
        print_json(_document(said), to_errors=True)
    else:
        print(f"error: {said.message}", file=sys.stderr)
        if said.hint:
            print(said.hint, file=sys.stderr)
    return said.exit_code


def explain(error: BaseException, words: Sequence[str] = ()) -> WorkbenchError:
    """Return the error as one of ours; what nobody foresaw is also written to a log file."""
    if isinstance(error, WorkbenchError):
        return error
    if isinstance(error, typer.TyperException):
        return UsageError(error.format_message(), hint=_usage_hint(error))
    if isinstance(error, (KeyboardInterrupt, typer.Abort)):
        return WorkbenchError("Interrupted.")
    if (
        isinstance(error, OSError)
        and error.errno in _FORESEEN
        and (error.filename or error.errno != errno.EACCES)
    ):
        what, hint = _FORESEEN[error.errno]
        where = f" at {error.filename}" if error.filename else ""
        return StorageError(f"{what}{where}: {error.strerror}.", hint=hint, store=str(error.filename or ""))
    if isinstance(error, FileNotFoundError) and not error.filename and _is_nowhere():
        return UsageError("The folder that this was started in is gone.", hint="Go to another folder.")
    return _unforeseen(error, words)


def _is_nowhere() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def _unforeseen(error: BaseException, words: Sequence[str]) -> WorkbenchError:
    log = _write_log(error, words)
    kept = f"The traceback is in {log}; " if log else ""
    text = " ".join(str(error).split())
    return WorkbenchError(
        f"Unexpected {type(error).__name__}: {text[:300] or 'no message'}",
        hint=f"{kept}set {DEBUG}=1 for the traceback.",
        log=str(log) if log else None,
    )


def _usage_hint(error: Any) -> str:
    context = getattr(error, "ctx", None)
    return f"Try: {context.command_path} --help" if context else "Try: workbench --help"


def _document(error: WorkbenchError) -> dict[str, Any]:
    return {
        "error": {
            "type": type(error).__name__,
            "message": error.message,
            "hint": error.hint,
            "exit_code": error.exit_code,
            "fields": error.fields,
        }
    }


def _write_log(error: BaseException, words: Sequence[str]) -> Path | None:
    from workbench.project import find_root

    with contextlib.suppress(OSError, ConfigurationError):
        folder = find_root() / ".workbench" / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        now = datetime.now().astimezone()
        path = folder / f"error-{now:%Y%m%d-%H%M%S}-{os.getpid()}.log"
        text = "".join(traceback.format_exception(error))
        path.touch(mode=0o600)
        path.write_text(f"{now.isoformat()} workbench {' '.join(words[:1])}\n\n{text}", encoding="utf-8")
        return path
    return None


def _closed_pipe() -> int:
    """Leave quietly when the reader has gone, as in `workbench runs | head -1`."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
