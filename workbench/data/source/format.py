"""Parses the formats that tables come in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from workbench.data.column_type import parse_type
from workbench.data.frame import to_arrow
from workbench.errors import ConfigurationError, nearest
from workbench.project import SourceConfig

if TYPE_CHECKING:
    import pyarrow as pa

_ENDINGS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".xlsx": "excel",
    ".xlsm": "excel",
}
_PACKED = (".gz", ".bz2", ".xz", ".zip", ".zst")
_OPTIONS = {
    "csv": ("delimiter", "quote", "encoding", "decimal", "skip_rows", "names", "nulls"),
    "parquet": (),
    "json": ("path",),
    "excel": ("sheet", "skip_rows"),
    "delta": ("version",),
}


def format_of(config: SourceConfig) -> str:
    """Return the format of a source's files: the declared one, else what their ending says.

    Raises:
        ConfigurationError: the ending says none, or an option is unknown to the format.
    """
    kind = config.format or _by_ending(config)
    for option in config.options:
        if option not in _OPTIONS[kind]:
            close = nearest(option, _OPTIONS[kind])
            known = ", ".join(_OPTIONS[kind]) or "none"
            hint = f"Did you mean {close!r}?" if close else f"The options of {kind} are: {known}."
            raise _wrong(config, "options", f"{kind} has no option {option!r}", hint)
    return kind


def types_of(config: SourceConfig) -> dict[str, pa.DataType]:
    """Return the declared columns as Arrow types.

    Raises:
        ConfigurationError: a type is none.
    """
    found = {}
    for name, text in config.columns.items():
        try:
            found[name] = parse_type(text)
        except ValueError as error:
            raise _wrong(config, f"columns.{name}", str(error), "Correct the type.") from None
    return found


def parse(content: bytes, config: SourceConfig) -> pa.Table:
    """Return the table that a file's bytes hold, in the format that is filled in.

    Raises:
        ValueError, pyarrow.ArrowInvalid: they are not of this format.
    """
    return _PARSERS[str(config.format)](content, config)


def _csv(content: bytes, config: SourceConfig) -> pa.Table:
    from pyarrow import csv

    options = config.options
    encoding = options.get("encoding", "utf8")
    _no_other_format(content)
    if b"\n" not in content and b"\r" not in content:
        content += "\n".encode(encoding)  # a header alone is a table without rows
    separator = "\t" if ".tsv" in PurePosixPath(config.uri).suffixes else ","
    return csv.read_csv(
        BytesIO(content),
        read_options=csv.ReadOptions(
            encoding=encoding,
            skip_rows=options.get("skip_rows", 0),
            column_names=options.get("names"),
        ),
        parse_options=csv.ParseOptions(
            delimiter=options.get("delimiter", separator),
            quote_char=options.get("quote", '"'),
            newlines_in_values=True,
        ),
        convert_options=csv.ConvertOptions(
            column_types=types_of(config),
            null_values=[
                "",
                *options.get("nulls", []),
            ],  # no word counts as missing unless declared: "NA" is a name
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            decimal_point=options.get("decimal", "."),
        ),
    )


def _no_other_format(content: bytes) -> None:
    start = content[:512].lstrip()
    signs = {
        b"PAR1": "a Parquet file",
        b"PK\x03\x04": "an Excel or zip file",
        b"\x1f\x8b": "packed with gzip",
    }
    found = next((what for sign, what in signs.items() if start.startswith(sign)), None)
    if start[:15].lower().startswith((b"<!doctype html", b"<html")):
        found = "a web page"
    if b"\0" in start and found is None and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        found = "no text"
    if found:
        raise ValueError(f"it is {found}")


def _parquet(content: bytes, _config: SourceConfig) -> pa.Table:
    import pyarrow.parquet as pq

    return to_arrow(pq.read_table(BytesIO(content)))


def _json(content: bytes, config: SourceConfig) -> pa.Table:
    text = content.decode("utf-8-sig")
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        if "Extra data" not in error.msg:
            raise
        document = [json.loads(line) for line in text.splitlines() if line.strip()]
    for part in filter(None, str(config.options.get("path", "")).split(".")):
        if not isinstance(document, Mapping) or part not in document:
            raise ValueError(f"there is no {part!r} on the path {config.options['path']!r}")
        document = document[part]
    if isinstance(document, Mapping):
        document = [document]
    if not isinstance(document, list) or not all(isinstance(row, dict) for row in document):
        raise ValueError(
            "expected a list of objects, or one object on each line; options.path may lead to them"
        )
    return to_arrow(document)


def _excel(content: bytes, config: SourceConfig) -> pa.Table:
    import pandas as pd

    frame = pd.read_excel(
        BytesIO(content),
        sheet_name=config.options.get("sheet", 0),
        skiprows=config.options.get("skip_rows", 0),
        engine="openpyxl",
    )
    frame.columns = pd.Index([str(name) for name in frame.columns])
    return to_arrow(frame)


_PARSERS: dict[str, Callable[[bytes, SourceConfig], Any]] = {
    "csv": _csv,
    "parquet": _parquet,
    "json": _json,
    "excel": _excel,
}


def _by_ending(config: SourceConfig) -> str:
    path = PurePosixPath(config.uri.partition("?")[0])
    endings = [ending for ending in path.suffixes if ending not in _PACKED]
    kind = _ENDINGS.get(endings[-1].lower()) if endings else None
    if kind is None:
        raise _wrong(
            config,
            "format",
            "its ending does not say the format",
            'Add format = "csv", "parquet", "json", "excel" or "delta"; for a database, add query or table.',
        )
    return kind


def _wrong(config: SourceConfig, key: str, what: str, hint: str) -> ConfigurationError:
    place = f"sources.{config.name}.{key}" if config.name else key
    return ConfigurationError(f"{place}: {what}.", hint=hint, file="workbench.toml", key=place)
