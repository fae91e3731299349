"""Loading a project: what is found, and one clear error for everything impossible."""

from __future__ import annotations

import pickle
from datetime import timedelta
from pathlib import Path

import pytest

from tests.project.declared import GOOD, refused
from workbench.errors import ConfigurationError
from workbench.project import find_root, load_project


def test_a_project_says_what_its_file_says(folder: Path) -> None:
    """Every key arrives in its type, and every table knows its name."""
    (folder / "workbench.toml").write_text(GOOD)
    project = load_project(folder)
    assert (project.name, project.root, project.config.project.seed) == ("flights", folder.resolve(), 7)
    features = project.stage("features")
    assert features.name == "features"
    assert features.notebook == Path("notebooks/03_features.ipynb")
    assert (features.inputs, features.outputs) == (("flights", "weather"), ("features",))
    assert features.parameters == {"horizon_minutes": 30}
    assert (features.retries, features.timeout) == (1, timedelta(minutes=20))
    model = project.model("flight-delay")
    assert (model.name, model.task, model.promotion.policy) == ("flight-delay", "binary", "automatic")
    assert model.gates["quality"] == {"metric": "auc", "at_least": 0.68}
    assert project.pipeline("training").schedule == "0 3 * * 1"


def test_what_is_left_out_has_its_documented_default(folder: Path) -> None:
    """A project of one line works."""
    (folder / "workbench.toml").write_text('[project]\nname = "small"\n')
    config = load_project(folder).config
    assert config.runner.heartbeat == timedelta(seconds=5)
    assert (config.runner.parallel, config.runner.output_limit, config.runner.html) == (None, 1_000_000, True)
    assert config.runner.save_every == timedelta(seconds=2)
    assert config.stores.ledger == "sqlite:///.workbench/ledger.db"


@pytest.mark.parametrize("below", [".", "notebooks", "notebooks/01_ingest.ipynb", "workbench.toml"])
def test_a_project_is_found_from_any_path_in_it(folder: Path, below: str) -> None:
    """From a folder, or from a file."""
    (folder / "workbench.toml").write_text(GOOD)
    assert load_project(folder / below).root == folder.resolve()


def test_without_a_path_the_current_folder_is_meant(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the folders above it."""
    (folder / "workbench.toml").write_text(GOOD)
    monkeypatch.chdir(folder / "notebooks")
    assert find_root() == folder.resolve()


def test_a_folder_that_is_gone_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody removed it below the shell."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(ConfigurationError, match="is gone"):
        find_root()


@pytest.mark.parametrize(("name", "message"), [(".", "No project found"), ("nowhere", "does not exist")])
def test_no_project_is_an_error_that_says_how_to_make_one(tmp_path: Path, name: str, message: str) -> None:
    """Not a traceback."""
    with pytest.raises(ConfigurationError, match=message) as caught:
        load_project(tmp_path / name)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[project]\nname = "x"\n[stages.a', "line 3, column 10"),
        ("[project]\nname = flights\n", "line 2, column 8"),
        ('[project]\nname = "x"\nname = "y"\n', "line 3, column 11"),
        ('[project]\nname = ["x"', "line 2, column 12"),
    ],
)
def test_a_toml_mistake_is_given_by_line_and_column(folder: Path, text: str, place: str) -> None:
    """So that an editor can jump there."""
    error = refused(folder, text)
    assert place in error.message
    assert "not valid TOML" in error.message


def test_a_file_that_is_not_text_isrefused(folder: Path) -> None:
    """Bytes of another encoding are named by their place."""
    (folder / "workbench.toml").write_bytes(b'[project]\nname = "\xff"')
    with pytest.raises(ConfigurationError, match="not UTF-8 text: byte 18"):
        load_project(folder)


@pytest.mark.parametrize(
    ("present", "files"),
    [
        ((), ()),
        (("pyproject.toml",), ("pyproject.toml",)),
        (("requirements.txt", "environment.yml"), ("requirements.txt", "environment.yml")),
        (("pyproject.toml", "locks/dev.txt", "environment.yml"), ("pyproject.toml", "locks/dev.txt")),
        (("uv.lock", "pyproject.toml", "requirements.txt"), ("pyproject.toml", "uv.lock")),
    ],
)
def test_the_usual_files_declare_the_environment(
    tmp_path: Path, present: tuple[str, ...], files: tuple[str, ...]
) -> None:
    """A lock says more than the lists that it was made from, so it replaces them."""
    (tmp_path / "workbench.toml").write_text('[project]\nname = "small"\n')
    (tmp_path / "locks").mkdir()
    for name in present:
        (tmp_path / name).touch()
    assert load_project(tmp_path).config.environment.files == files


def test_a_declared_environment_is_taken_as_it_is(tmp_path: Path) -> None:
    """Also when it is declared to be nothing."""
    (tmp_path / "workbench.toml").write_text('[project]\nname = "small"\n[environment]\nfiles = []\n')
    (tmp_path / "pyproject.toml").touch()
    assert load_project(tmp_path).config.environment.files == ()


def test_a_project_survives_pickling(folder: Path) -> None:
    """It may travel to another process, the names of its tables included."""
    (folder / "workbench.toml").write_text(GOOD)
    project = load_project(folder)
    copy = pickle.loads(pickle.dumps(project))
    assert copy == project
    assert copy.stage("train").name == "train"
