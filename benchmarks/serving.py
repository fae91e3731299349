"""One-row requests to the same model: ours with log, split and metrics, beside what others serve with.

All servers have two workers (LitServe and BentoML too), stand on this machine at the same time, and are
asked in turn by the same client. The constant is a Starlette application that reads the body and answers
what was prepared, under the same uvicorn settings: what no framework can be faster than.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from benchmarks.figure import Figure
from benchmarks.overhead import WORKBENCH
from benchmarks.rivals import _environment as environment

CONNECTIONS = (1, 8, 64)
SECONDS = 2.0
COLUMNS = 12
_UVICORN = ("--http", "httptools", "--loop", "uvloop", "--no-access-log", "--log-level", "error",
            "--no-server-header", "--no-proxy-headers", "--timeout-keep-alive", "75",
            "--workers", "2")  # fmt: skip
_CONSTANT = """
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

async def answer(request):
    await request.body()
    return Response(b'{"predictions": [0.3870752727253949]}', media_type="application/json")

app = Starlette(routes=[Route("/invocations", answer, methods=["POST"])])
"""
_LITSERVE = """
import sys
import lightgbm, litserve, numpy

class Api(litserve.LitAPI):
    def setup(self, device):
        self.model = lightgbm.Booster(model_file=sys.argv[1])
    def decode_request(self, request):
        return numpy.array(request["dataframe_split"]["data"], dtype=float)
    def predict(self, rows):
        return self.model.predict(rows)
    def encode_response(self, output):
        return {"predictions": output.tolist()}

if __name__ == "__main__":
    litserve.LitServer(Api(api_path="/invocations"), accelerator="cpu", workers_per_device=2).run(
        host="127.0.0.1", port=int(sys.argv[2]), log_level="error", generate_client_file=False)
"""
_BENTOML = """
import os
import bentoml, lightgbm, numpy

@bentoml.service(workers=2)
class Delay:
    def __init__(self):
        self.model = lightgbm.Booster(model_file=os.environ["MODEL"])
    @bentoml.api(route="/invocations")
    def predict(self, dataframe_split: dict) -> dict:
        rows = numpy.array(dataframe_split["data"], dtype=float)
        return {"predictions": self.model.predict(rows).tolist()}
"""
Measured = dict[str, float]


def measure(rounds: int) -> list[Figure]:
    """Return throughput and latency beside MLflow, a constant, BentoML and LitServe."""
    with tempfile.TemporaryDirectory(prefix="wb-serving-") as folder, ExitStack() as running:
        base = Path(folder)
        root, body = _project(base / "shop")
        model = root / "saved" / "1"
        places = {"ours": running.enter_context(_ours(root))}
        places |= {name: running.enter_context(each) for name, each in _rivals(base, model).items()}
        for url in places.values():
            _wait(url, body)
        found: dict[tuple[str, int], list[Measured]] = {(name, n): [] for n in CONNECTIONS for name in places}
        for _ in range(rounds):
            for (name, connections), kept in found.items():
                kept.append(_knock(places[name], connections, body))
    return [figure for n in CONNECTIONS for figure in _figures(found, n)]


def _figures(found: Mapping[tuple[str, int], Sequence[Measured]], connections: int) -> list[Figure]:
    def median(name: str, what: str) -> float:
        return statistics.median(each[what] for each in found[name, connections])

    def rate(rival: str, words: str, required: float) -> Figure:
        what = f"one-row requests, {connections} connections"
        return Figure(
            what, median("ours", "rate"), "/s", words, median(rival, "rate"), required, at_most=False
        )

    figures = [
        rate("mlflow", "mlflow models serve -w 2", 20.0),
        rate("constant", "Starlette, constant answer", 0.4),
        rate("bentoml", "BentoML, 2 workers", 1.0),
        rate("litserve", "LitServe, 2 workers", 1.0),
    ]
    if connections > 1:
        slow = (median("ours", "p99") * 1000, median("mlflow", "p99") * 1000)
        what = f"slowest 1 in 100, {connections} connections"
        figures.append(Figure(what, slow[0], "ms", "mlflow models serve -w 2", slow[1], 0.1))
    return figures


def _project(root: Path) -> tuple[Path, str]:
    """Make a project with two versions of a model of numbers alone, for MLflow takes no texts of LightGBM."""
    import lightgbm
    import numpy as np
    import pandas as pd

    from tests.serving.server.project import Shop

    rng = np.random.default_rng(0)
    names = [f"x{number}" for number in range(COLUMNS)]
    frame = pd.DataFrame(rng.normal(size=(2000, COLUMNS)), columns=names)
    late = (frame["x0"] + frame["x1"] * frame["x2"] + rng.normal(size=2000) > 0).astype(int)
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1}
    boosters = [lightgbm.train(settings, lightgbm.Dataset(frame, late), trees) for trees in (100, 110)]
    shop = Shop(root, models=[(booster, frame.head(3)) for booster in boosters])
    shop.promote(2, alias="challenger", share=0.1)
    data = [round(float(value), 6) for value in frame.iloc[0]]
    return root, json.dumps({"dataframe_split": {"columns": names, "data": [data]}})


def _rivals(base: Path, model: Path) -> dict[str, Any]:
    (base / "constant.py").write_text(_CONSTANT)
    (base / "lit.py").write_text(_LITSERVE)
    (base / "bento.py").write_text(_BENTOML)
    booster = str(model / "model.lgb")
    lit = environment(base / "lit-env", "litserve", "lightgbm", "numpy")
    bento = environment(base / "bento-env", "bentoml", "lightgbm", "numpy")
    ports = iter(_free_ports(4))
    binaries = Path(sys.executable).parent
    constant, mlflow, litserve, bentoml = (str(next(ports)) for _ in range(4))
    serve = (str(binaries / "mlflow"), "models", "serve", "-m", str(model), "--env-manager", "local")
    return {
        "constant": _started(
            (sys.executable, "-m", "uvicorn", "constant:app", "--port", constant, *_UVICORN),
            base, constant,
        ),
        "mlflow": _started((*serve, "-w", "2", "-p", mlflow), base, mlflow, PATH=_path(binaries)),
        "litserve": _started((str(lit / "python"), "lit.py", booster, litserve), base, litserve),
        "bentoml": _started(
            (str(bento / "bentoml"), "serve", "bento:Delay", "--port", bentoml, "--host", "127.0.0.1"),
            base, bentoml, MODEL=booster, BENTOML_DO_NOT_TRACK="True", PATH=_path(bento),
        ),
    }  # fmt: skip


def _path(folder: Path) -> str:
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@contextmanager
def _ours(root: Path) -> Iterator[str]:
    (port,) = _free_ports(1)
    words = (WORKBENCH, "serve", "--workers", "2", "--port", str(port))
    with _started(words, root, str(port)) as url:
        yield url


@contextmanager
def _started(words: Sequence[str], folder: Path, port: str, **variables: str) -> Iterator[str]:
    log = folder / f"server-{port}.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            words, cwd=folder, stdout=said, stderr=said, env={**os.environ, **variables},
            start_new_session=True,
        )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}/invocations"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(url: str, body: str) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            request = Request(url, body.encode(), {"Content-Type": "application/json"})
            with urlopen(request, timeout=5) as answer:
                assert "predictions" in json.load(answer)
            return
        except (URLError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _knock(url: str, connections: int, body: str) -> Measured:
    words = (sys.executable, "-m", "benchmarks.knock", url, str(connections), str(SECONDS), body)
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    measured: Measured = json.loads(done.stdout)
    if measured["failed"]:
        raise RuntimeError(f"{measured['failed']} answers of {url} were none.")
    return measured


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports
