"""Magics are kept, replaced, or taken out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adopt.messy import adopted, code


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("%matplotlib inline", "%matplotlib inline", None),
        ("%matplotlib notebook", "%matplotlib inline", "magic"),
        ("%load_ext autoreload\n%autoreload 2", "%load_ext autoreload\n%autoreload 2", None),
        ("%%time\nx = 1", "%%time\nx = 1", None),
        ("%debug", "# %debug", "magic"),
        ("if 1:\n    %debug", "if 1:\n    # %debug\n    pass", "magic"),
        ("len?", "# len?", "magic"),
        ("!pip install -q papermill", "# !pip install -q papermill", "dependency"),
        ("%pip install papermill", "# %pip install papermill", "dependency"),
        ("out = !pip install papermill", "# out = !pip install papermill\nout = []", "dependency"),
        ("!nvidia-smi", "!nvidia-smi", "magic"),
        ("%store -r df", "%store -r df", "hidden-state"),
        ("%sql select 1", "%sql select 1", "magic"),
        ("%%bash\nls", "%%bash\nls", "magic"),
        ("%run other.py", "%run other.py", "magic"),
        ("%cd data", "%cd ../data", "magic"),
        (
            "from google.colab import drive\ndrive.mount('/content/drive')",
            "# from google.colab import drive\n# drive.mount('/content/drive')",
            "elsewhere",
        ),
    ],
)
def test_each_magic_gets_what_works_headless(root: Path, before: str, after: str, kind: str | None) -> None:
    """What is changed, or may not work, is named."""
    proposal = adopted(root, before, at="a.ipynb")
    assert code(proposal) == [after]
    assert {f.kind for f in proposal.findings} == ({kind} if kind else set())


def test_what_a_notebook_installs_is_to_be_declared(root: Path) -> None:
    """And what of it is not installed here is named."""
    proposal = adopted(root, "!pip install -U papermill 'surely-not-there>=2' --quiet")
    assert proposal.dependencies == ("papermill", "surely-not-there>=2")
    (finding,) = proposal.findings
    assert "install surely-not-there>=2: it is not here" in finding.todo


def test_a_script_that_is_run_is_found_from_the_new_folder(root: Path) -> None:
    """Its content counts as a module's does."""
    (root / "prepare.py").write_text("x = 1\n")
    assert code(adopted(root, "%run prepare.py fast", at="a.ipynb")) == ["%run ../prepare.py fast"]
