"""What the pages tell a reader to type works, and what they point at is there."""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.repository.checkout import ROOT, committed
from tests.repository.pages import Block, blocks, commands, pages
from workbench.cli.command import COMMANDS
from workbench.parameters import read_signature, signature_of
from workbench.project import load_project

PROJECT = load_project(ROOT)
TESTED = [block for block in blocks("console") if "test" in block.marks]
FROM_THE_SYSTEM = {"cd", "conda", "make", "pip", "source", "workbench"}


@pytest.mark.parametrize("typed", commands("workbench"))
def test_every_workbench_command_on_a_page_is_one(typed: str) -> None:
    """The command, its options and the parameters they set exist; what was renamed is found here."""
    _, name, *arguments = shlex.split(typed)
    command: Any = next((each for each in COMMANDS if each.name == name), None)
    assert command is not None, f"there is no command {name!r}"
    command = command.load()
    while getattr(command, "commands", None):
        command = command.commands[arguments.pop(0)]
    given = command.make_context(name, arguments).params
    for assignment in given.get("parameter") or ():
        stage, parameter = _named(assignment, given.get("stage"))
        assert parameter in read_signature(PROJECT.root / PROJECT.stage(stage).notebook).names


def _named(assignment: str, stage: str | None) -> tuple[str, str]:
    """Return stage and parameter of `STAGE.NAME=VALUE`, or of `NAME=VALUE` where the stage is given."""
    name = assignment.partition("=")[0]
    return (stage, name) if stage else (name.partition(".")[0], name.partition(".")[2])


@pytest.mark.parametrize("typed", commands("make"))
def test_every_make_target_on_a_page_exists(typed: str) -> None:
    """`make` knows each target that a page names."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {word for word in shlex.split(typed)[1:] if "=" not in word}
    assert named <= targets


def test_every_other_program_on_a_page_is_installed_by_the_lock() -> None:
    """What `.venv` does not bring, the page must not ask for without saying so."""
    typed = (command.split()[0] for block in blocks("console") for command in block.commands)
    programs = {Path(program).name for program in typed} - FROM_THE_SYSTEM
    assert {program for program in programs if not (Path(sys.executable).parent / program).exists()} == set()


@pytest.fixture(scope="module")
def fresh_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout in which nothing has run yet."""
    folder = tmp_path_factory.mktemp("checkout")
    for path in committed():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return folder


@pytest.mark.parametrize("block", TESTED, ids=lambda block: f"{block.page.name}:{block.line}")
def test_the_marked_commands_work_on_a_fresh_copy(block: Block, fresh_copy: Path) -> None:
    """Blocks marked `console test` run as they stand, with `.venv` activated."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command in block.commands:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=fresh_copy,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
        assert done.stdout.strip()


def test_the_readme_has_marked_commands() -> None:
    """The test above would otherwise pass by testing nothing."""
    assert "README.md" in {block.page.name for block in TESTED}


@pytest.mark.parametrize("block", list(blocks("python", "toml")), ids=lambda b: f"{b.page.name}:{b.line}")
def test_every_code_block_parses(block: Block) -> None:
    """Python and TOML on a page are at least well-formed."""
    parse = ast.parse if block.language == "python" else tomllib.loads
    assert parse(block.text)


@pytest.mark.parametrize(
    "block", [b for b in blocks("python") if "Annotated" in b.text], ids=lambda b: b.page.name
)
def test_the_parameters_shown_are_a_valid_signature(block: Block) -> None:
    """The cell in the guide is read by the code that reads notebooks."""
    cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": block.text}
    assert len(signature_of([cell]).parameters) == block.text.count(" = ")


def test_every_link_to_a_file_leads_to_one() -> None:
    """Pages point at each other, and a renamed one is found here."""
    links = [
        (page, target.split("#")[0])
        for page in pages()
        for target in re.findall(r"\]\((?!https?://)([^)#\s]+)\)", page.read_text(encoding="utf-8"))
    ]
    assert links
    assert [(str(page), target) for page, target in links if not (page.parent / target).exists()] == []


def test_the_reference_is_what_the_commands_say() -> None:
    """A command or option that is new or changed is not undocumented: `make docs` writes the page."""
    generate = [sys.executable, "-c", "import generate; print(generate.reference(), end='')"]
    told = subprocess.run(generate, cwd=ROOT / "docs", capture_output=True, text=True, check=True)
    assert (ROOT / "docs/reference.md").read_text(encoding="utf-8") == told.stdout
