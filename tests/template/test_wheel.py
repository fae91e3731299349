"""The wheel, installed where nothing else of this checkout is: `init`, `run`, `adopt`."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.adopt.messy import NOTEBOOKS, write_data
from tests.projects import migrated_tracking
from tests.repository.checkout import ROOT, committed

UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the tool that the lock pins."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def environment(folder: Path, wheel: Path, *requirements: str) -> Path:
    """Make a virtual environment with the wheel, and with what else is to be installed; return its `bin`."""
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    where = ["--quiet", "--python", str(folder / "bin" / "python")]
    subprocess.run([UV, "pip", "install", *where, *requirements, wheel], check=True)
    return folder / "bin"


def typed(place: Path, bin_: Path, *words: str) -> Any:
    """Run a command of that environment in a folder and return the JSON that it prints."""
    variables = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")
    }
    done = subprocess.run(
        [bin_ / "workbench", *words, "--json"],
        cwd=place,
        env=variables | {"PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_it_carries_the_template_whole_and_nothing_of_this_project(wheel: Path) -> None:
    """Every committed file of the template; no flights, no tests, no caches."""
    names = set(zipfile.ZipFile(wheel).namelist())
    template = {path.relative_to(ROOT).as_posix() for path in committed("workbench/template/files")}
    assert len(template) > 12
    assert template <= names
    assert {name.split("/")[0].split("-")[0] for name in names} <= {"workbench", "workbench_ml"}
    assert [name for name in names if "__pycache__" in name or name.endswith(".pyc")] == []


def test_a_new_project_runs_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """`pip install` of the wheel, `workbench init shop`, `cd shop`, `workbench run`; again: all reused.

    The packages that it needs are those of this environment, lent by a path file: the copies would take
    minutes, and `make soak` installs them.
    """
    bin_ = environment(tmp_path / "venv", wheel, "--no-deps")
    purelib = next((tmp_path / "venv/lib").glob("python*/site-packages"))
    (purelib / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    made = typed(tmp_path, bin_, "init", "shop")
    shop = Path(made["folder"])
    (shop / ".workbench").mkdir()
    shutil.copy(migrated_tracking(), shop / ".workbench/mlflow.db")
    workbench = next(f for f in typed(shop, bin_, "doctor")["findings"] if f["name"] == "workbench")
    assert str(purelib) in workbench["said"]
    first = typed(shop, bin_, "run")
    assert (first["outcome"], len(first["stages"])) == ("succeeded", 4)
    assert {stage["outcome"] for stage in typed(shop, bin_, "run")["stages"]} == {"reused"}
    (model,) = typed(shop, bin_, "models")
    assert model["aliases"] == {"champion": 1}


GIVEN = {
    "churn_hidden_state": ("-p", "price_limit=80"),
    "energy_absolute_paths": (),
    "loans_widgets_magics": (),
}


@pytest.mark.soak
@pytest.mark.skipif(os.environ.get("WORKBENCH_SOAK") != "1", reason="minutes of installing; see `make soak`")
def test_it_does_all_that_in_a_clean_environment(wheel: Path, tmp_path: Path) -> None:
    """Everything comes from the registry, in the versions of the lock; messy notebooks are adopted too."""
    lock = (ROOT / "locks/dev.txt").read_text()
    pins = re.findall(r"^([A-Za-z0-9._-]+(?:\[[^]]*\])?==[^\\\n]+)", lock, re.MULTILINE)
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("\n".join(re.sub(r"\[[^]]*\]", "", pin).strip() for pin in pins) + "\n")
    bin_ = environment(tmp_path / "venv", wheel, "--constraint", str(constraints))
    shop = Path(typed(tmp_path, bin_, "init", "shop")["folder"])
    assert typed(shop, bin_, "doctor")["ok"] is True
    write_data(shop / "data")
    commands = {"template": ["run"]}
    for name, given in GIVEN.items():
        shutil.copy(NOTEBOOKS / f"{name}.ipynb", shop)
        commands[name] = ["adopt", f"{name}.ipynb", *given, "--yes"]
    for name, words in commands.items():
        began = time.monotonic()
        said = typed(shop, bin_, *words)
        print(f"{name}: {time.monotonic() - began:.1f} s")
        assert (said["run"]["outcome"] if "adopt" in words else said["outcome"]) == "succeeded"
