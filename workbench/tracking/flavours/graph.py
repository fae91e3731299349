"""Runs an ONNX graph on a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TYPES = {"tensor(float)": "float32", "tensor(double)": "float64", "tensor(int64)": "int64"}


def run_graph(model: Any, rows: Any) -> NDArray[np.float64]:
    """Return a graph's last output as numbers: (rows,), or (rows, classes) of a classifier.

    Args:
        model: a ModelProto whose inputs are one tensor of all columns, or one column each.
        rows: a DataFrame with the inputs' names among its columns, or an array.
    """
    import numpy as np
    import onnxruntime

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    inputs = session.get_inputs()
    if len(inputs) == 1:
        fed = {inputs[0].name: np.asarray(rows, dtype=_TYPES.get(inputs[0].type))}
    else:
        fed = {i.name: np.asarray(rows[i.name], dtype=_TYPES.get(i.type, object))[:, None] for i in inputs}
    return _numbers(session.run(None, fed)[-1])


def _numbers(output: Sequence[Any]) -> NDArray[np.float64]:
    import numpy as np

    if len(output) and isinstance(output[0], dict):  # one mapping from class to probability for each row
        classes = sorted(output[0])
        return np.asarray([[row[each] for each in classes] for row in output], dtype=np.float64)
    numbers = np.asarray(output, dtype=np.float64)
    return numbers[:, 0] if numbers.ndim == 2 and numbers.shape[1] == 1 else numbers
