"""What `import workbench` gives, and what it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import workbench

HEAVY = (
    "mlflow",
    "papermill",
    "panel",
    "evidently",
    "ipywidgets",
    "pandas",
    "numpy",
    "pyarrow",
    "sqlalchemy",
)


def test_every_exported_name_exists_and_the_list_is_sorted() -> None:
    """`__all__` is the short list of public names."""
    exported = list(workbench.__all__)
    assert exported == sorted(exported, key=str.casefold)
    assert [name for name in exported if not hasattr(workbench, name)] == []


def test_nothing_public_is_left_out_of_the_list() -> None:
    """What is not exported is a submodule, private, or somebody else's."""
    own = {name for name, each in vars(workbench).items() if getattr(each, "__module__", "") == "workbench"}
    assert {name for name in own if not name.startswith("_")} <= set(workbench.__all__)


@pytest.mark.parametrize("statement", ["import workbench", "import workbench.cli.main"])
def test_importing_loads_none_of_the_heavy_packages(statement: str) -> None:
    """Each costs up to seconds, and is imported where it is used."""
    code = f"{statement}; import sys; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
