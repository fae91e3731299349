"""Which local files a notebook's imports reach."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from workbench.pipeline.modules import local_modules

FILES = {
    "alone.py": "x = 1",
    "pack/__init__.py": "",
    "pack/a.py": "from . import b\nfrom .sub.deep import thing",
    "pack/b.py": "import alone",
    "pack/unused.py": "",
    "pack/sub/__init__.py": "",
    "pack/sub/deep.py": "from ..b import x as thing",
    "spaces/inner.py": "",
    "star/__init__.py": "__all__ = ['one']",
    "star/one.py": "",
    "star/two.py": "",
    "loop_a.py": "import loop_b",
    "loop_b.py": "import loop_a",
    "typed.py": "import typing\nif typing.TYPE_CHECKING:\n    import alone\nelse:\n    import loop_a",
    "broken.py": "def (:",
    "workbench/__init__.py": "",
    "notebooks/beside.py": "",
    "notebooks/script.py": "import alone",
    "lib/far.py": "",
}

PACK = ["pack/__init__.py", "pack/a.py", "pack/b.py", "pack/sub/__init__.py", "pack/sub/deep.py"]

IMPORTS = [
    ("import pandas, json, os.path", []),
    ("import alone", ["alone.py"]),
    ("import alone as other", ["alone.py"]),
    ("import pack", ["pack/__init__.py"]),
    ("import pack.a", ["alone.py", *PACK]),
    ("from pack import a", ["alone.py", *PACK]),
    ("from pack.b import x", ["alone.py", "pack/__init__.py", "pack/b.py"]),
    ("from spaces import inner", ["spaces/inner.py"]),
    ("from star import *", ["star/__init__.py", "star/one.py"]),
    ("import loop_a", ["loop_a.py", "loop_b.py"]),
    ("import typed", ["loop_a.py", "loop_b.py", "typed.py"]),
    ("import broken", ["broken.py"]),
    ("import beside", ["notebooks/beside.py"]),
    ("import workbench as wb", []),
    ("def f():\n    try:\n        import alone\n    except ImportError:\n        pass", ["alone.py"]),
    ("import importlib\nimportlib.import_module('alone')", ["alone.py"]),
    (
        "from importlib import import_module\nm = import_module('pack.b').x",
        ["alone.py", "pack/__init__.py", "pack/b.py"],
    ),
    ("m = __import__('alone')", ["alone.py"]),
    ("importlib.import_module(name)", []),
    ("%load_ext autoreload\nimport alone", ["alone.py"]),
    ("%%time\nimport alone", ["alone.py"]),
    ("%%bash\nimport alone", []),
    ("%run script.py --fast", ["alone.py", "notebooks/script.py"]),
    ("import sys\nsys.path.append('../lib')\nimport far", ["lib/far.py"]),
    ("import sys\nsys.path.insert(0, '../lib')\nfrom far import x", ["lib/far.py"]),
    ("import far", []),
    ("import missing_one", []),
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def found(root: Path, *sources: str) -> Mapping[str, str]:
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "source": source, "metadata": {}} for source in sources
    ]
    return local_modules(cells, root / "notebooks", root)


@pytest.mark.parametrize(("source", "expected"), IMPORTS)
def test_every_local_file_that_an_import_executes_is_found(
    root: Path, source: str, expected: list[str]
) -> None:
    """Directly or through others, relative or absolute, with the packages on the way; nothing else."""
    assert list(found(root, source)) == expected


def test_a_path_added_in_one_cell_serves_the_imports_of_all(root: Path) -> None:
    """`sys.path.append` in the first cell lets the second cell's import be found."""
    assert list(found(root, "import sys; sys.path.append('../lib')", "import far")) == ["lib/far.py"]


def test_a_notebook_that_is_run_counts_by_its_code(root: Path) -> None:
    """`%run other.ipynb` follows that notebook's imports; its outputs change nothing."""
    cell = {"cell_type": "code", "source": "import alone", "metadata": {}, "outputs": []}
    other = root / "notebooks" / "other.ipynb"
    other.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    before = found(root, "%run other.ipynb")
    other.write_text(json.dumps({"cells": [{**cell, "outputs": [{"text": "hi"}]}]}), encoding="utf-8")
    assert list(before) == ["alone.py", "notebooks/other.ipynb"]
    assert found(root, "%run other.ipynb") == before


def test_markdown_imports_nothing(root: Path) -> None:
    """Only code cells are looked at."""
    cells = [{"cell_type": "markdown", "source": "import alone", "metadata": {}}]
    assert local_modules(cells, root / "notebooks", root) == {}


@pytest.mark.parametrize(
    ("text", "same"), [("x = 1", True), ("# why\n\nx=1", True), ("x = 2", False), ("x = 1\ny = 1", False)]
)
def test_a_module_changes_with_its_code_only(root: Path, text: str, same: bool) -> None:
    """A comment or a blank line in an imported module is no change; a line of code is."""
    before = found(root, "import pack.b")
    (root / "alone.py").write_text(text, encoding="utf-8")
    after = found(root, "import pack.b")
    assert (before["alone.py"] == after["alone.py"]) is same
    assert before["pack/b.py"] == after["pack/b.py"]
