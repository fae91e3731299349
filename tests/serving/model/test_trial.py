"""A version is tried aside: what is wrong with it is a sentence, and nothing else happens."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.serving.model.models import project_of, registered, rewritten, version_of
from tests.tracking.kinds import booster, table, truth
from workbench.project import Project
from workbench.registry.version import Version
from workbench.serving.model import Trials, try_version


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return project_of(tmp_path)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Trials]:
    """The warm process of all trials of this module; each asks it for another project."""
    with Trials("") as trials:
        yield trials


@pytest.fixture
def trials(nursery: Trials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trials:
    monkeypatch.setattr(nursery, "_root", str(tmp_path))
    return nursery


def saved(project: Project) -> Version:
    return version_of(project, booster("binary"), table(5))


def test_a_sound_version_is_ready(project: Project, trials: Trials) -> None:
    """Read, verified, loaded, and its own example answered as the gates would."""
    number = registered(project, saved(project))
    for trial in (try_version(project.root, "delay", number), trials.try_version("delay", number)):
        assert (trial.ok, trial.step, trial.sentence) == (True, "ready", "")


def _flip(version: Version, project: Project) -> Version:
    path = project.root / version.output["uri"] / "model.lgb"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    return version


def _remove(version: Version, project: Project) -> Version:
    (project.root / version.output["uri"] / "model.lgb").unlink()
    return version


CORRUPT: list[tuple[str, Callable[[Version, Project], Version], str, str]] = [
    ("one bit", _flip, "verify", r"model\.lgb is not what was recorded"),
    ("a file gone", _remove, "verify", r"model\.lgb .* nothing"),
    ("no model", rewritten("model.lgb", lambda _: b"a poem"), "load", "."),
    (
        "another example",
        rewritten("input_example.json", lambda _: b'{"columns": ["hour"], "data": [[3]]}'),
        "load",
        "lacks wind, carrier",
    ),
    (
        "an example with a text for a number",
        rewritten("input_example.json", lambda text: text.replace(b"[20, ", b'["late", ')),
        "load",
        "'hour' takes a whole number",
    ),
]


@pytest.mark.parametrize(("what", "corrupt", "step", "words"), CORRUPT, ids=[each[0] for each in CORRUPT])
def test_a_bad_version_fails_a_step_with_a_sentence(
    project: Project,
    trials: Trials,
    what: str,
    corrupt: Callable[[Version, Project], Version],
    step: str,
    words: str,
) -> None:
    """Damaged files are seen before anything parses them; the rest where it shows."""
    number = registered(project, corrupt(saved(project), project))
    trial = trials.try_version("delay", number)
    assert (trial.ok, trial.step) == (False, step), trial.sentence
    assert re.search(words, trial.sentence)
    assert "Traceback" not in trial.sentence
    assert "\n" not in trial.sentence


ROGUE = """
import os, signal, time
from pathlib import Path
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin


class Rogue(ClassifierMixin, BaseEstimator):
    def __init__(self, does="nothing", once=""):
        self.does = does
        self.once = once

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return self.classes_[(self.predict_proba(X)[:, 1] > 0.5).astype(int)]

    def predict_proba(self, X):
        if Path(self.once).exists():
            if self.does == "crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            if self.does == "hang":
                time.sleep(3600)
            if self.does == "exit":
                raise SystemExit(0)
            if self.does == "raise":
                raise ValueError("no such", "luck")
        p = np.full(len(X), np.nan if self.does == "nan" and Path(self.once).exists() else 0.25)
        return np.column_stack([1 - p, p])
"""
ROGUES = [
    ("crash", r"answering its own example was killed by signal 11"),
    ("hang", r"still answering its own example after 2 seconds"),
    ("exit", r"SystemExit: 0"),
    ("raise", r"no such"),
    ("nan", r"finite"),
]


@pytest.mark.parametrize(("does", "words"), ROGUES, ids=[each[0] for each in ROGUES])
def test_a_model_that_misbehaves_harms_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trials: Trials, does: str, words: str
) -> None:
    """It crashes, hangs, leaves, raises or answers nonsense in a process of its own."""
    project = project_of(tmp_path, trusted="rogue.Rogue")
    (tmp_path / "rogue.py").write_text(ROGUE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "rogue", raising=False)
    import rogue  # type: ignore[import-not-found]

    model = rogue.Rogue(does, str(tmp_path / "now")).fit(table(), truth("binary"))
    number = registered(project, version_of(project, model, table(5)))
    (tmp_path / "now").touch()
    if does == "hang":
        monkeypatch.setattr(trials, "_timeout", 2.0)
    trial = trials.try_version("delay", number)
    assert (trial.ok, trial.step) == (False, "golden"), trial.sentence
    assert re.search(words, trial.sentence), trial.sentence


def test_what_cannot_be_read_is_not_held_against_the_version(
    project: Project, trials: Trials, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No such version, or no project: the step is `read`."""
    assert trials.try_version("delay", 7).step == "read"
    monkeypatch.setattr(trials, "_root", str(project.root / "nowhere"))
    trial = trials.try_version("delay", 1)
    assert trial.step == "read"
    assert "nowhere" in trial.sentence


def test_trials_go_on_when_their_process_was_killed(project: Project) -> None:
    """The next one gets a new process; closed, there are no more of either."""
    number = registered(project, saved(project))
    with Trials(project.root) as trials:
        assert trials.try_version("delay", number).ok
        first = trials._process
        assert first is not None
        first.kill()
        first.wait()
        assert trials.try_version("delay", number).ok
        assert trials._process is not first
    assert trials.try_version("delay", number).step == "read"


def test_the_process_of_trials_ends_with_whoever_started_it() -> None:
    """Also when that was killed."""
    code = (
        "import time; from workbench.serving.model import Trials; t = Trials('.'); t.begin(); "
        "print(t._process.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        trials = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    assert psutil.wait_procs([trials], timeout=60)[1] == []
