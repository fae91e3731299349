"""A command typed in a folder, and what it said."""

from __future__ import annotations

import io
import json
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.cli.main import main


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The error on standard error as JSON."""
        return json.loads(self.err)["error"]


def type_in(folder: Path, line: str) -> Said:
    """Type a command in a folder, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        code = main(line.split())
    return Said(code, out.getvalue(), err.getvalue())
