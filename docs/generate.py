"""Writes docs/reference.md from the commands themselves: `make docs`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

REFERENCE = Path(__file__).with_name("reference.md")
OPENING = """# Commands

Written by `make docs` from the commands themselves; a test compares it. Every command has
`--help`, and `--json` where it prints a result. Exit codes:
0 done, 1 failed, 2 wrong usage or configuration, 3 rejected by a gate.
"""


def reference() -> str:
    """Return the reference page of every command."""
    from workbench.cli.command import COMMANDS

    parts = [OPENING]
    for heading in dict.fromkeys(command.heading for command in COMMANDS):
        parts.append(f"## {heading}\n")
        for command in COMMANDS:
            if command.heading == heading:
                parts += _sections(command.load(), f"workbench {command.name}")
    return "\n".join(parts)


def _sections(command: Any, words: str) -> Iterator[str]:
    """Yield a command's section, or those of the commands below it."""
    below = getattr(command, "commands", None)
    if below:
        for name, each in below.items():
            yield from _sections(each, f"{words} {name}")
        return
    context = typer.Context(command)
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    records = [each.get_help_record(context) for each in command.params if each.name != "help"]
    usage = " ".join([words, *(_shown(each) for each in arguments)])
    yield f"### `{usage}`\n"
    yield f"{_paragraphs(command.help)}\n"
    rows = [f"| `{name}` | {purpose} |" for name, purpose in filter(None, records)]
    if rows:
        yield "\n".join(["| | |", "|---|---|", *rows]) + "\n"


def _shown(argument: Any) -> str:
    name = (argument.metavar or argument.name.upper()).strip("[]")
    return name if argument.required else f"[{name}]"


def _paragraphs(text: str | None) -> str:
    return "\n\n".join(" ".join(each.split()) for each in (text or "").split("\n\n"))


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")
