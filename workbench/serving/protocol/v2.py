"""The Open Inference Protocol, version 2: what is asked, what is answered, what a server says of itself.

Tensors come and go as JSON or, with the binary tensor extension, as bytes after it; the header
`Inference-Header-Content-Length` says where the JSON ends. Columns are tensors of shape [rows], or all of
them one tensor of shape [rows, columns]; what is predicted is the tensor `predict`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from workbench.serving.batch import Batch
from workbench.serving.protocol.body import decode
from workbench.serving.protocol.cell import shown
from workbench.serving.protocol.datatype import of_column, of_values, pack, texts_of
from workbench.serving.protocol.tensor import Tensor, columns_of, read, rows_of
from workbench.serving.refused import Refused

if TYPE_CHECKING:
    from workbench.serving.model.column import Column

HEADER_LENGTH = b"inference-header-content-length"
BINARY = b"application/octet-stream"
OUTPUT = "predict"
LIVE = b'{"live":true}'
_HINT = 'Send {"inputs": [{"name": "…", "shape": [1], "datatype": "FP64", "data": [0.5]}]}.'
_encode = msgspec.json.Encoder().encode


class _OutputTold(msgspec.Struct):
    binary_data: bool | None = None
    classification: int | None = None
    shared_memory_region: str | None = None


class _Output(msgspec.Struct):
    name: str
    parameters: _OutputTold | None = None


class _RequestTold(msgspec.Struct):
    binary_data_output: bool = False


class _Request(msgspec.Struct):
    inputs: list[Tensor]
    id: str = ""
    parameters: _RequestTold | None = None
    outputs: list[_Output] | None = None


_decoder = msgspec.json.Decoder(_Request)


@dataclass(slots=True)
class Asked:
    """An inference that was asked for.

    Attributes:
        batch: the rows.
        id: the caller's own name of the request, which the answer repeats; empty where there was none.
        outputs: which outputs are wanted, and whether as bytes; None for all of them.
        binary: whether all are wanted as bytes, where none is named.
    """

    batch: Batch
    id: str = ""
    outputs: Mapping[str, bool] | None = None
    binary: bool = False


def parse(
    body: bytes, header_length: bytes | None, entity_column: str | None, columns: Sequence[Column]
) -> Asked:
    """Return what a request to `/infer` asks for.

    Args:
        body: JSON, and the bytes of tensors after it.
        header_length: what `Inference-Header-Content-Length` says; None where it is not sent.
        entity_column: the tensor that holds each row's key, None where the model has none.
        columns: those that the model takes.

    Raises:
        Refused: 400: the request is malformed, or asks for what is not offered.
    """
    raw = b""
    if header_length is not None:
        if not header_length.isdigit() or len(header_length) > 18 or int(header_length) > len(body):
            said = f"Inference-Header-Content-Length is {shown(header_length.decode('latin-1'))}."
            raise Refused(400, "bad_header", said, f"It counts the JSON's bytes, at most {len(body)} here.")
        body, raw = body[: int(header_length)], body[int(header_length) :]
    found = decode(_decoder, body, hint=_HINT)
    batch = None if raw else columns_of(found.inputs, entity_column)
    if batch is None:
        batch = rows_of(read(found.inputs, raw), entity_column, columns)
    binary = found.parameters is not None and found.parameters.binary_data_output
    if not found.outputs:
        return Asked(batch, found.id, None, binary)
    return Asked(batch, found.id, {each.name: _binary(each, binary) for each in found.outputs})


def answer(
    asked: Asked, predictions: Any, *, model: str, version: str, parameters: Mapping[str, Any]
) -> tuple[bytes, int | None]:
    """Return the answer's body, and where its JSON ends; None where all of it is JSON.

    Args:
        asked: what was asked for.
        predictions: one for each row: values, lists of values, or values by name; or columns by name.
        model: the model's name.
        version: the version that answered.
        parameters: further facts: the prediction's id, the arm.

    Raises:
        Refused: 400: an output is wanted that the model does not give.
    """
    tensors = _tensors(predictions)
    if asked.outputs is not None:
        strange = next((name for name in asked.outputs if name not in tensors), None)
        if strange is not None:
            message = f"There is no output {shown(strange)}."
            raise Refused(400, "unknown_output", message, f"The model gives {', '.join(tensors)}.")
        tensors = {name: tensors[name] for name in asked.outputs}
    outputs: list[dict[str, Any]] = []
    tail: list[bytes] = []
    for name, (datatype, shape, values) in tensors.items():
        tensor = {"name": name, "datatype": datatype, "shape": shape}
        if asked.outputs[name] if asked.outputs is not None else asked.binary:
            tail.append(pack(datatype, values))
            outputs.append({**tensor, "parameters": {"binary_data_size": len(tail[-1])}})
        else:
            outputs.append({**tensor, "data": texts_of(values) if datatype == "BYTES" else values})
    named = {"id": asked.id} if asked.id else {}
    told = {"model_name": model, "model_version": version, **named, "parameters": parameters}
    head = _encode({**told, "outputs": outputs})
    return (b"".join((head, *tail)), len(head)) if tail else (head, None)


def refusal(refused: Refused) -> bytes:
    """Return the body of a refusal, as clients of the protocol read it."""
    return _encode({"error": str(refused), "error_code": refused.code})


def server_metadata() -> bytes:
    """Return what a server says of itself."""
    from workbench import __version__

    told = {"name": "workbench", "version": __version__, "extensions": ["binary_tensor_data"]}
    return _encode(told)


def server_ready(ready: bool) -> bytes:
    """Return whether a server is ready; the status of the answer says the same."""
    return _encode({"ready": ready})


def model_ready(model: str, ready: bool) -> bytes:
    """Return whether a model is ready; the status of the answer says the same."""
    return _encode({"name": model, "ready": ready})


def model_metadata(
    model: str, versions: Sequence[int], platform: str, columns: Sequence[Column], predictions: Any
) -> bytes:
    """Return what tensors a model takes and gives.

    Args:
        model: its name.
        versions: those that serve.
        platform: what it was made with, such as `lightgbm`.
        columns: those that it takes.
        predictions: some of its own, which tell what it gives.
    """
    outputs = [
        {"name": name, "datatype": datatype, "shape": [-1, *shape[1:]]}
        for name, (datatype, shape, _) in _tensors(predictions).items()
    ]
    inputs = [{"name": each.name, "datatype": of_column(each), "shape": [-1]} for each in columns]
    told = {"name": model, "versions": [str(each) for each in versions], "platform": platform}
    return _encode({**told, "inputs": inputs, "outputs": outputs})


def _binary(output: _Output, otherwise: bool) -> bool:
    told = output.parameters
    if told is None:
        return otherwise
    if told.classification is not None or told.shared_memory_region is not None:
        what = "classification" if told.classification is not None else "shared memory"
        said = f"Output {shown(output.name)} is wanted by {what}, which is not offered."
        raise Refused(400, "not_offered", said, "Ask for its values, as JSON or with binary_data.")
    return otherwise if told.binary_data is None else told.binary_data


def _tensors(predictions: Any) -> dict[str, tuple[str, list[int], Sequence[Any]]]:
    """Return datatype, shape and values by output."""
    if isinstance(predictions, Mapping):
        return {str(name): _tensor(values) for name, values in predictions.items()}
    if predictions and isinstance(predictions[0], Mapping):
        names = list(predictions[0])
        return {str(name): _tensor([row[name] for row in predictions]) for name in names}
    return {OUTPUT: _tensor(predictions)}


def _tensor(values: Sequence[Any]) -> tuple[str, list[int], Sequence[Any]]:
    if values and isinstance(values[0], list):
        flat = [value for row in values for value in row]
        return of_values(flat), [len(values), len(values[0])], flat
    return of_values(values), [len(values)], values
