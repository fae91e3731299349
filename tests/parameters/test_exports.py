"""What `workbench.parameters` gives, and what it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import workbench.parameters
import workbench.project


@pytest.mark.parametrize("package", [workbench.parameters, workbench.project])
def test_every_exported_name_exists_and_the_list_is_sorted(package: object) -> None:
    """`__all__` is the short list of public names."""
    exported = list(package.__all__)  # type: ignore[attr-defined]
    assert exported == sorted(exported)
    assert [name for name in exported if not hasattr(package, name)] == []


def test_importing_loads_nothing_heavier_than_pydantic() -> None:
    """Both are on the path of every command."""
    code = (
        "import workbench.parameters, workbench.project, sys; "
        "print(*sorted({'pandas', 'numpy', 'nbformat', 'sqlalchemy', 'mlflow'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
