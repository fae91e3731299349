"""The locks, the conda environment and Binder's say the same thing, and name nobody's machine."""

from __future__ import annotations

import os
import re
import tomllib
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.repository.checkout import ROOT, committed

LOCKS = ("locks/dev.txt", "locks/uv.txt")
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>[^ ;\\]+)", re.MULTILINE)


def environment(path: str) -> dict[str, Any]:
    """Read a conda environment, with pip's requirement files resolved as conda does: beside the file."""
    content = yaml.safe_load((ROOT / path).read_text())
    pip = next(each["pip"] for each in content["dependencies"] if isinstance(each, dict))
    content["conda"] = sorted(each for each in content.pop("dependencies") if isinstance(each, str))
    folder = (ROOT / path).parent
    content["pip"] = sorted((folder / line.removeprefix("-r ")).resolve() for line in pip)
    return dict(content)


def pins(lock: str) -> list[tuple[str, str]]:
    """Return name and version of every pin in a lock."""
    text = (ROOT / lock).read_text()
    return [(canonicalize_name(found["name"]), found["version"]) for found in PIN.finditer(text)]


def declared() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_binder_and_conda_install_the_same() -> None:
    """Binder reads only its own folder, so its file must not fall behind the root's."""
    assert environment("binder/environment.yml") == environment("environment.yml")


def test_the_environment_installs_the_lock() -> None:
    """What conda users get is what `make` installs: the locked versions, by hash."""
    assert environment("environment.yml")["pip"] == [ROOT / "locks/dev.txt"]


def test_the_environments_python_is_one_we_support() -> None:
    """The Python that conda brings satisfies requires-python."""
    python = next(each for each in environment("environment.yml")["conda"] if each.startswith("python="))
    assert SpecifierSet(declared()["project"]["requires-python"]).contains(python.removeprefix("python="))


@pytest.mark.parametrize("script", ["binder/postBuild", "binder/start", ".ci/run"])
def test_scripts_that_others_start_are_executable(script: str) -> None:
    """Binder and CI start these as they are."""
    assert os.access(ROOT / script, os.X_OK)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_folder(lock: str) -> None:
    """Where packages come from is the reader's choice, and nobody's machine shows."""
    text = (ROOT / lock).read_text()
    found = re.findall(r"\S*://\S*|--(?:extra-)?index-url.*|--find-links.*|\s/\S+", text)
    assert found == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    """A pin without a hash would install whatever bears the name."""
    blocks = re.split(r"\n(?=\S)", (ROOT / lock).read_text())
    bare = [block.split()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block]
    assert pins(lock)
    assert bare == []


def test_the_lock_satisfies_what_is_declared() -> None:
    """A dependency that was added or raised without `make lock` is named here."""
    project = declared()
    wanted = [
        Requirement(text) for text in project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    ]
    versions: dict[str, list[str]] = {}
    for name, version in pins("locks/dev.txt"):
        versions.setdefault(name, []).append(version)
    missing = [
        str(each)
        for each in wanted
        if not any(each.specifier.contains(v) for v in versions.get(canonicalize_name(each.name), []))
    ]
    assert missing == []


def test_no_lock_with_hosts_is_committed() -> None:
    """uv.lock names the host that each file was found at."""
    assert [path for path in committed("*.lock") if path.name == "uv.lock"] == []


def test_no_text_names_the_folder_it_was_written_in() -> None:
    """A folder of one person's machine is of no use to another."""
    texts = [path for path in committed() if path.suffix not in {".png", ".parquet"}]
    assert [path for path in texts if f"{ROOT}/".encode() in path.read_bytes()] == []
