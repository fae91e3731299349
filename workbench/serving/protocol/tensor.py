"""Tensors of a request: their shapes, their values, and the rows that they make up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from workbench.serving.batch import Batch
from workbench.serving.protocol.cell import Cell, entity_text, shown
from workbench.serving.protocol.datatype import DATATYPES, unpack
from workbench.serving.refused import Refused

if TYPE_CHECKING:
    from workbench.serving.model.column import Column

_TYPES = {name: datatype.types for name, datatype in DATATYPES.items()}
_Size = Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]
_HINT = "Give one tensor of shape [rows] for each column, or one of shape [rows, columns] for all."


class Told(msgspec.Struct, gc=False):
    """What stands beside a tensor: that it is bytes after the JSON, or in somebody's shared memory."""

    binary_data_size: _Size | None = None
    shared_memory_region: str | None = None


class Tensor(msgspec.Struct, gc=False):
    """A tensor as JSON has it."""

    name: str
    shape: list[_Size]
    datatype: str
    parameters: Told | None = None
    data: list[Cell | list[Cell]] | None = None


@dataclass(slots=True)
class Read:
    """A tensor that was read: values row by row, as many as rows times width."""

    name: str
    rows: int
    width: int
    values: Sequence[Any]


def read(tensors: Sequence[Tensor], raw: bytes) -> list[Read]:
    """Return the values of tensors.

    Args:
        tensors: as JSON has them.
        raw: what follows the JSON: the bytes of those that say so, one after the other.

    Raises:
        Refused: 400: values do not agree with shape or datatype, or bytes are too few or too many.
    """
    found = []
    at = 0
    for tensor in tensors:
        size = tensor.parameters.binary_data_size if tensor.parameters is not None else None
        if size is None:
            found.append(_read(tensor, None))
        else:
            found.append(_read(tensor, raw[at : at + size]))
            at += size
    if at != len(raw):
        said = f"{len(raw)} bytes follow the JSON, but its tensors' binary_data_size add up to {at}."
        raise Refused(400, "wrong_length", said, "Say in Inference-Header-Content-Length where JSON ends.")
    return found


def columns_of(tensors: Sequence[Tensor], entity_column: str | None) -> Batch | None:
    """Return the rows of the plain case, quickly; None where it is another, right or wrong.

    Plain are several tensors of one shape, [rows] or [rows, 1], each with as many values in JSON.
    """
    if len(tensors) < 2:
        return None
    shape = tensors[0].shape
    if not shape or shape[1:] not in ([], [1]):
        return None
    rows = shape[0]
    columns, values, entities = [], [], None
    for tensor in tensors:
        data, types = tensor.data, _TYPES.get(tensor.datatype)
        if tensor.shape != shape or tensor.parameters is not None or data is None or types is None:
            return None
        if len(data) != rows or not types.issuperset(map(type, data)):
            return None
        columns.append(tensor.name)
        values.append(data)
        if tensor.name == entity_column:
            entities = [entity_text(value) for value in data]
    if entities is not None and (len(tensors) == 2 or not any(entities)):
        return None
    return Batch(columns, list(zip(*values, strict=True)), entities=entities)


def rows_of(found: Sequence[Read], entity_column: str | None, columns: Sequence[Column]) -> Batch:
    """Return the rows that tensors make up.

    Args:
        found: one for each column, or one for all; the entity's may stand beside either.
        entity_column: the tensor that holds each row's key, None where the model has none.
        columns: those that the model takes.

    Raises:
        Refused: 400: there is none, they are not equally long, or stand for no columns.
    """
    entity = next((each for each in found if each.name == entity_column), None)
    others = [each for each in found if each is not entity] if entity is not None else found
    if not found:
        raise Refused(400, "no_tensors", "The request has no tensors.", _HINT)
    rows = found[0].rows
    for each in found:
        if each.rows != rows or (each.width != 1 and len(others) > 1) or (each is entity and each.width != 1):
            raise _uneven(found)
    entities = [entity_text(value) for value in entity.values] if entity is not None else None
    if entities is not None and not any(entities):
        entities = None
    if len(others) == 1 and _is_table(others[0], columns):
        values, width = others[0].values, others[0].width
        table = [values[place * width : (place + 1) * width] for place in range(rows)]
        return Batch(None, table, named=False, entities=entities)
    names = [each.name for each in found]
    return Batch(names, list(zip(*(each.values for each in found), strict=True)), entities=entities)


def _is_table(tensor: Read, columns: Sequence[Column]) -> bool:
    """Whether a single tensor holds all columns, by position, and is not itself named after one."""
    if tensor.width != 1:
        return True
    return len(columns) == 1 and tensor.name != columns[0].name


def _read(tensor: Tensor, raw: bytes | None) -> Read:
    name, shape = tensor.name, tensor.shape
    datatype = DATATYPES.get(tensor.datatype)
    if datatype is None:
        said = f"Tensor {shown(name)} has the datatype {shown(tensor.datatype)}, which is not taken."
        raise Refused(400, "unknown_datatype", said, f"Taken are {', '.join(DATATYPES)}.")
    if tensor.parameters is not None and tensor.parameters.shared_memory_region is not None:
        said = f"Tensor {shown(name)} lies in shared memory, which is not read here."
        raise Refused(400, "no_shared_memory", said, "Send its values, as JSON or as bytes.")
    if len(shape) not in (1, 2) or (len(shape) == 2 and not shape[1]):
        raise Refused(400, "wrong_shape", f"Tensor {shown(name)} has the shape {shape[:8]}.", _HINT)
    rows, width = shape[0], shape[1] if len(shape) == 2 else 1
    if raw is not None:
        values = unpack(name, datatype, rows * width, raw)
    else:
        values = _flat(tensor, width)
        if len(values) != rows * width:
            said = f"Tensor {shown(name)} of shape {shape} has {len(values)} values."
            raise Refused(400, "wrong_length", said, f"Give {rows * width}, row by row.")
        if not datatype.types.issuperset(map(type, values)):
            strange = next(value for value in values if type(value) not in datatype.types)
            said = f"Tensor {shown(name)} is of {datatype.name}, but has {shown(str(strange))}."
            raise Refused(400, "wrong_type", said, "Give values of its datatype, or null for a missing one.")
    return Read(name, rows, width, values)


def _flat(tensor: Tensor, width: int) -> list[Any]:
    """Return values given row by row or in one list, which are the same."""
    data = tensor.data
    if data is None:
        raise Refused(400, "no_values", f"Tensor {shown(tensor.name)} has no data.", _HINT)
    if not data or not isinstance(data[0], list):
        return data
    if any(not isinstance(row, list) or len(row) != width for row in data):
        said = f"Tensor {shown(tensor.name)} has rows that are not of its shape, {tensor.shape}."
        raise Refused(400, "ragged_rows", said, _HINT)
    return [value for row in data for value in row]  # type: ignore[union-attr]


def _uneven(found: Sequence[Read]) -> Refused:
    shapes = ", ".join(f"{shown(each.name)}: [{each.rows}, {each.width}]" for each in found[:8])
    return Refused(400, "ragged_rows", f"The tensors' shapes do not make up rows ({shapes}).", _HINT)
