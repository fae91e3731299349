"""A warm kernel cannot be told from a cold one by what it was started with."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.kernels.kernel import LEAN, USUAL, Kernel
from workbench.kernels.settings import KernelSettings
from workbench.pipeline.kernel import kill_marked

PROBE = """
import gc, locale, logging, os, resource, signal, sys, threading, warnings
def kind(fd):
    try:
        return os.readlink(f"/proc/self/fd/{fd}").split(":")[0].split("/")[-1]
    except OSError:
        return None
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
seen = {
    "environment": {k: v for k, v in os.environ.items() if k != "JPY_PARENT_PID"},
    "folder": os.getcwd(),
    "path": sys.path,
    "arguments": [sys.argv[0].split("/")[-1], sys.argv[1]],
    "orig": sys.orig_argv[:3],
    "flags": tuple(sys.flags),
    "executable": sys.executable,
    "handlers": {n: str(signal.getsignal(n)) for n in range(1, 32)},
    "blocked": status["SigBlk"].strip(),
    "ignored": status["SigIgn"].strip(),
    "umask": status["Umask"].strip(),
    "limits": [resource.getrlimit(n) for n in range(10)],
    "processors": sorted(os.sched_getaffinity(0)),
    "nice": os.nice(0),
    "locale": locale.setlocale(locale.LC_ALL),
    "encodings": (sys.getfilesystemencoding(), sys.__stdout__.encoding),
    "leader": os.getsid(0) == os.getpid() == os.getpgid(0),
    "stdin": os.read(0, 1),
    "root": [type(h).__name__ for h in logging.root.handlers],
    "main": sorted(k for k in vars(sys.modules["__main__"]) if k.startswith("__")),
    "threads": sorted(t.name.split("-")[0] for t in threading.enumerate()),
    "files": sorted(k for k in map(kind, os.listdir("/proc/self/fd")) if k and "history" not in k),
    "parent": os.environ["JPY_PARENT_PID"],
    "backend": os.environ.get("MPLBACKEND"),
}
"""


def probed(settings: KernelSettings | None, folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    with Kernel(settings, folder=folder, environment=environment) as kernel:
        assert kernel.cold is None
        return dict(kernel.value(PROBE, "seen"))


def test_what_a_kernel_sees_of_itself_is_the_same_cold_and_warm(tmp_path: Path) -> None:
    """Environment, folder, paths, signals, limits, streams and files are those of who asked."""
    environment = {"GREETING": "héllo", "WORKBENCH_TICKET": "/a/ticket.json", "TZ": "Asia/Tokyo"}
    before = os.umask(0o027)
    try:
        cold = probed(None, tmp_path, environment)
        warm = probed(LEAN, tmp_path, environment)
    finally:
        os.umask(before)
    assert warm["umask"] == "0027"
    assert set(warm.pop("threads")) - {"requester"} == set(cold.pop("threads")) - {"Thread"}
    assert Counter(warm.pop("files")) - Counter(cold.pop("files")) == Counter()
    differing = {name: (cold[name], warm[name]) for name in cold if warm[name] != cold[name]}
    assert differing == {}


def test_nothing_of_one_kernel_is_left_in_the_next(tmp_path: Path) -> None:
    """Variables, folder, modules and imports of one are not seen by another."""
    (tmp_path / "other").mkdir()
    with Kernel(LEAN, folder=tmp_path, environment={"ONE": "1"}) as one:
        one.run("import os, sys, colorsys; x = 1; os.environ['LEFT'] = 'yes'; os.chdir('/')")
    with Kernel(LEAN, folder=tmp_path / "other", environment={"TWO": "2"}) as two:
        code = "import os, sys"
        found = "[os.environ.get('ONE'), os.environ.get('LEFT'), os.getcwd(), 'colorsys' in sys.modules]"
        assert two.value(code, found) == [None, None, str(tmp_path / "other"), False]


def test_random_numbers_are_new_in_each_kernel_and_the_same_from_a_seed() -> None:
    """Unseeded, no two kernels draw alike; seeded, warm ones draw what cold ones draw."""
    code = "import random, numpy as np; free = [random.random(), float(np.random.rand())]"
    seeded = "; random.seed(1); np.random.seed(1); same = [random.random(), float(np.random.rand())]"
    drawn = []
    for settings in (None, USUAL, USUAL):
        with Kernel(settings) as kernel:
            assert kernel.cold is None
            drawn.append(kernel.value(code + seeded, "free + same"))
    assert len({value for numbers in drawn for value in numbers[:2]}) == 6
    assert drawn[0][2:] == drawn[1][2:] == drawn[2][2:]


def test_a_local_module_is_imported_as_it_is_now(tmp_path: Path) -> None:
    """Edits between two kernels are seen by the second one."""
    module = tmp_path / "mine.py"
    for value in (1, 22):
        module.write_text(f"VALUE = {value}\n", encoding="utf-8")
        with Kernel(LEAN, folder=tmp_path) as kernel:
            assert kernel.value("import mine", "mine.VALUE") == value


def test_a_kernel_is_found_by_its_environment_like_any_process(tmp_path: Path) -> None:
    """Its mark stands in /proc, its children carry it on, and all of them can be ended by it."""
    ticket = str(tmp_path / "ticket.json")
    with Kernel(LEAN, environment={"WORKBENCH_TICKET": ticket}) as kernel, Kernel(LEAN) as other:
        leave = "import subprocess; p = subprocess.Popen(['sleep', '600'], start_new_session=True)"
        child = kernel.value(leave, "p.pid")
        assert psutil.Process(kernel.pid).environ()["WORKBENCH_TICKET"] == ticket
        assert set(kill_marked("WORKBENCH_TICKET", ticket)) == {kernel.pid, child}
        assert kernel.exit_code() == -9
        assert other.manager.is_alive()


def test_a_figure_is_shown_inline() -> None:
    """Matplotlib was imported before the kernel knew how it would show figures."""
    for settings in (None, USUAL):
        with Kernel(settings) as kernel:
            shown: list[dict[str, Any]] = []
            code = "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()"
            kernel.client.execute_interactive(code, output_hook=shown.append)
            pictures = [m for m in shown if "image/png" in m["content"].get("data", {})]
            assert len(pictures) == 1


@pytest.mark.parametrize("settings", [None, USUAL], ids=["cold", "warm"])
def test_libraries_keep_to_the_threads_that_the_environment_grants(settings: KernelSettings | None) -> None:
    """OpenMP, BLAS, Arrow and Polars follow the variables of the kernel, not those of the server."""
    granted = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"), "1")
    code = "import numpy, lightgbm, polars, pyarrow, sklearn, threadpoolctl"
    found = "[polars.thread_pool_size(), pyarrow.cpu_count(), *{p['num_threads'] for p in pools}]"
    with Kernel(settings, environment=granted) as kernel:
        assert kernel.value(f"{code}\npools = threadpoolctl.threadpool_info()", found) == [1, 1, 1]


def test_output_of_a_library_goes_into_the_notebook() -> None:
    """A log handler that was made while the server loaded writes where the kernel's stderr goes."""
    with Kernel(USUAL) as kernel:
        kernel.run("import optuna; optuna.logging.get_logger('optuna').warning('heard')")
        texts: list[str] = []
        while "heard" not in "".join(texts):
            message = kernel.client.get_iopub_msg(timeout=30)
            texts.append(json.dumps(message["content"]))
