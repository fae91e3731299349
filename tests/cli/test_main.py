from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from workbench import __version__
from workbench.cli.command import COMMANDS
from workbench.cli.main import app, main


def commands(group: Any = None, prefix: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    group = group or typer.main.get_command(app)
    context = typer.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if hasattr(command, "list_commands"):
            yield from commands(command, (*prefix, name))
        else:
            yield (*prefix, name), command


EVERY = list(commands())


def test_the_bare_command_prints_help(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever types only the name learns every command, and that is no mistake."""
    assert main([]) == 0
    bare = capsys.readouterr().out
    assert main(["--help"]) == 0
    assert capsys.readouterr().out == bare
    for command in COMMANDS:
        assert f"\n  {command.name} " in bare
        assert command.purpose in " ".join(bare.split())


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_help_says_of_a_command_what_the_command_says_of_itself(command: Any) -> None:
    """The table that spares an import agrees with the docstring that it stands for."""
    assert command.load().help.splitlines()[0] == command.purpose


@pytest.mark.parametrize(("path", "command"), EVERY, ids=[" ".join(path) for path, _ in EVERY])
def test_every_command_has_json_and_a_help_for_every_option(path: Any, command: Any) -> None:
    """A person finds out by --help, a program reads --json."""
    assert any("--json" in parameter.opts for parameter in command.params)
    assert command.help
    for parameter in command.params:
        assert parameter.help, f"{path}: {parameter.name}"


@pytest.mark.parametrize("group", ["data", "audit"])
def test_a_bare_group_prints_its_help(group: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Like the bare command."""
    assert main([group]) == 0
    assert f"Usage: workbench {group}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rnu"], "There is no command named 'rnu'."),
        (["why"], "Missing argument"),
        (["runs", "--oops"], "No such option"),
        (["runs", "--limit", "many"], "Invalid value"),
        (["data", "lgo"], "No such command 'lgo'"),
        (["run", "-p", "rate=1"], "Expected -p STAGE.NAME=VALUE"),
        (["sweep", "train"], "at least one parameter"),
    ],
)
def test_wrong_usage_exits_with_two(words: Any, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One message on standard error, as JSON when asked for."""
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert said in captured.err
    assert main([*words, "--json"]) == 2
    assert said in json.loads(capsys.readouterr().err)["error"]["message"]


def test_outside_of_a_project_every_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No command guesses a project."""
    monkeypatch.chdir(tmp_path)
    assert main(["runs"]) == 2
    assert "workbench.toml" in capsys.readouterr().err


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    """As `pip show` says it."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"workbench {__version__}\n"


def test_help_imports_no_command_and_nothing_heavy() -> None:
    """What makes the first word fast: Rich, pydantic and SQLAlchemy are for commands that need them."""
    probe = (
        "import sys; from workbench.cli.main import main; main(['--help'])\n"
        "heavy = {'rich', 'pydantic', 'sqlalchemy', 'pandas', 'workbench.cli.run', 'workbench.project'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
