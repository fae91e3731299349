"""Many warm kernels in a row leak nothing, and compute what cold ones compute."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.kernels.kernel import USUAL, Kernel, until
from workbench.kernels.servers import servers, start_server
from workbench.kernels.settings import KernelSettings

WORK = """
import hashlib, random
import lightgbm as lgb, numpy as np, pandas as pd
from sklearn.linear_model import LogisticRegression
random.seed(7); np.random.seed(7)
rows = pd.DataFrame({"a": np.random.normal(size=500), "b": [random.random() for _ in range(500)]})
late = (rows["a"] + rows["b"] > 0.5).astype(int)
line = LogisticRegression().fit(rows, late).predict_proba(rows)
settings = {"objective": "binary", "num_threads": 1, "deterministic": True, "verbosity": -1, "seed": 7}
trees = lgb.train(settings, lgb.Dataset(rows, late), num_boost_round=5).predict(rows)
told = hashlib.sha256(line.tobytes() + trees.tobytes() + rows.to_csv().encode()).hexdigest()
"""


def _result(settings: KernelSettings | None) -> str:
    with Kernel(settings, environment={"OMP_NUM_THREADS": "1"}) as kernel:
        assert kernel.cold is None
        return str(kernel.value(WORK, "told"))


def _held(process: psutil.Process) -> dict[str, int]:
    gc.collect()
    return {
        "files": process.num_fds(),
        "threads": process.num_threads(),
        "children": len(process.children(recursive=True)),
    }


@pytest.mark.soak
def test_many_kernels_in_a_row_leak_nothing_and_agree_with_cold_ones(
    own_servers: Path, soak_count: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No memory, file, process, thread or socket stays behind, in the server or in who asks."""
    monkeypatch.setattr(tempfile, "tempdir", str(own_servers))  # where the kernels' sockets are
    server = psutil.Process(start_server(USUAL).pid)
    here = psutil.Process(os.getpid())
    first = _result(USUAL)
    until(lambda: not servers()[0].kernels)
    before, memory, own = _held(server), server.memory_info().rss, _held(here)["files"]
    count, cold = soak_count(500), soak_count(20)
    assert {_result(USUAL) for _ in range(count)} == {first}
    until(lambda: not servers()[0].kernels)
    assert servers()[0].served == count + 1
    assert _held(server) == before
    assert _held(here)["files"] <= own
    grown = server.memory_info().rss - memory
    assert grown < 4 * 2**20
    assert list(own_servers.glob("wb-*")) == []
    assert {_result(None) for _ in range(cold)} == {first}
    print(f"\n{count} warm kernels in a row: grown by {grown >> 10} KB; same as {cold} cold ones")
