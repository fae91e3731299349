"""ONNX: a graph of known operators, run by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.tracking.flavours.flavour import ONNX, Recorded, libraries


class Onnx:
    """A ModelProto."""

    name = "onnx"
    stored = ONNX
    file = "model.onnx"
    packages: tuple[str, ...] = ("onnx", "onnxruntime", "numpy", "pandas")
    expects: Mapping[str, frozenset[str]] = {"data": frozenset({file})}

    def takes(self, model: Any) -> bool:
        """Return whether it is a graph."""
        return "onnx" in libraries(model)

    def native(self, model: Any) -> Any:
        """Return the graph as it is."""
        return model

    def predict(self, model: Any, rows: Any) -> Any:
        """Return the graph's last output: probabilities where it is a classifier."""
        from workbench.tracking.flavours.graph import run_graph

        return run_graph(model, rows)

    def columns(self, model: Any) -> list[str]:
        """Return the names of its inputs; none when it takes one tensor of all columns."""
        names = [each.name for each in model.graph.input]
        return names if len(names) > 1 else []

    def write(self, model: Any, folder: Path, described: Mapping[str, Any]) -> None:
        """Write MLflow's folder with the graph in one file."""
        import mlflow.onnx

        mlflow.onnx.save_model(model, str(folder), save_as_external_data=False, **described)

    def meaning(self, folder: Path) -> bytes:
        """Return the graph."""
        return (folder / self.file).read_bytes()

    def read(self, recorded: Recorded) -> Any:
        """Return the graph."""
        import onnx

        return onnx.load_model_from_string(recorded.read(self.file))
