"""What of the declared environment counts, and under which name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import workbench
from tests.projects import notebook, write_project
from workbench.errors import ConfigurationError
from workbench.pipeline.environment import declared_environment, environment_print
from workbench.project import load_project

LOCK = """\
# made by a tool
numpy==2.1.0 \\
    --hash=sha256:aaa \\
    --hash=sha256:bbb
    # via pandas
Pandas_Stubs==3.0  # types
uvloop==0.22 ; sys_platform != "win32"
ipython[black]==9.0
"""

PYPROJECT = """\
[project]
requires-python = ">=3.11"
dependencies = ["pandas>=2", "numpy"]
[dependency-groups]
dev = ["ruff>=0.12", {include-group = "docs"}]
[tool.ruff]
line-length = 110
"""


def declared(folder: Path, **files: str) -> dict[str, str]:
    names = {name: name.replace("__", ".").replace("_slash_", "/") for name in files}
    for name, text in files.items():
        (folder / names[name]).write_text(text, encoding="utf-8")
    everything = declared_environment(folder, names.values())
    return {k: v for k, v in everything.items() if k not in {"python", "workbench"}}


def test_python_and_the_workbench_are_part_of_every_environment(tmp_path: Path) -> None:
    """Their versions stand there even when no file declares anything."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert declared_environment(tmp_path, []) == {"python": version, "workbench": workbench.__version__}


def test_a_lock_gives_one_entry_for_each_package(tmp_path: Path) -> None:
    """Names are canonical; versions, extras and markers stay; hashes and comments do not."""
    assert declared(tmp_path, lock__txt=LOCK) == {
        "lock.txt:ipython[black]": "9.0",
        "lock.txt:numpy": "2.1.0",
        "lock.txt:pandas-stubs": "3.0",
        "lock.txt:uvloop": '0.22 ; sys_platform != "win32"',
    }


SAME_LOCKS = [
    LOCK.replace("sha256:aaa", "sha256:ccc"),
    LOCK.replace("# made by a tool", "--index-url https://packages.example/simple"),
    "\n".join(reversed(LOCK.replace("\\\n", "").splitlines())),
    LOCK.replace("Pandas_Stubs", "pandas-stubs"),
]


@pytest.mark.parametrize("text", SAME_LOCKS)
def test_what_pins_nothing_changes_nothing(tmp_path: Path, text: str) -> None:
    """Other hashes, comments, indexes, order or spelling leave the environment as it was."""
    assert declared(tmp_path, lock__txt=text) == declared(tmp_path, lock__txt=LOCK)


def test_included_requirements_belong_to_the_file_that_includes_them(tmp_path: Path) -> None:
    """`-r` and `-c` are followed, once each, relative to the file they stand in."""
    (tmp_path / "more.txt").write_text("polars==1.0\n-r lock.txt\n", encoding="utf-8")
    assert declared(tmp_path, lock__txt="-r more.txt\nnumpy==2\n") == {
        "lock.txt:numpy": "2",
        "lock.txt:polars": "1.0",
    }


def test_two_pins_of_one_package_are_both_kept(tmp_path: Path) -> None:
    """A universal lock may pin a package twice under different markers."""
    text = "numpy==1 ; python_version < '3.12'\nnumpy==2 ; python_version >= '3.12'\n"
    assert declared(tmp_path, lock__txt=text) == {
        "lock.txt:numpy": "1 ; python_version < '3.12' | 2 ; python_version >= '3.12'"
    }


def test_of_pyproject_only_dependencies_count(tmp_path: Path) -> None:
    """Its tools' settings can change without a stage becoming stale."""
    before = declared(tmp_path, pyproject__toml=PYPROJECT)
    assert before == {
        "pyproject.toml:numpy": "",
        "pyproject.toml:pandas": ">=2",
        "pyproject.toml:requires-python": ">=3.11",
        "pyproject.toml:ruff": ">=0.12",
    }
    assert declared(tmp_path, pyproject__toml=PYPROJECT.replace("110", "88")) == before


def test_a_lock_in_toml_gives_its_packages(tmp_path: Path) -> None:
    """Locks with `[[package]]` tables are read like those with lines."""
    text = '[[package]]\nname = "Numpy"\nversion = "2.1"\n'
    assert declared(tmp_path, some__lock=text) == {"some.lock:numpy": "2.1"}


def test_any_other_file_counts_by_its_lines(tmp_path: Path) -> None:
    """An environment.yml has one digest, which comments do not change."""
    before = declared(tmp_path, environment__yml="dependencies:\n  - numpy=2\n")
    assert declared(tmp_path, environment__yml="dependencies: # ours\n\n  - numpy=2\n") == before
    assert declared(tmp_path, environment__yml="dependencies:\n  - numpy=3\n") != before


@pytest.mark.parametrize(
    ("name", "content"),
    [("gone.txt", None), ("bad.txt", b"\xff\xfe\x00"), ("broken.lock", b"[[package"), ("gone.yml", None)],
)
def test_a_file_that_cannot_be_read_is_a_configuration_error(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    """The message names the file and the key that declares it."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match=name) as caught:
        declared_environment(tmp_path, [name])
    assert caught.value.key == "environment.files"


def test_a_projects_own_files_are_those_that_it_declares(tmp_path: Path) -> None:
    """`[environment] files` in workbench.toml says what counts."""
    (tmp_path / "pins.txt").write_text("numpy==2.1\n", encoding="utf-8")
    stage = {"notebook": notebook("x = 1")}
    root = write_project(tmp_path, {"one": stage}, extra="[environment]\nfiles = ['pins.txt']\n")
    assert environment_print(load_project(root))["pins.txt:numpy"] == "2.1"
