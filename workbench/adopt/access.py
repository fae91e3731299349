"""Calls that read or write files and tables, by the names that the usual libraries give them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from workbench.adopt.path_text import PathText, Reader
from workbench.adopt.read import Cell, Messy
from workbench.parameters.names import qualified

Kind = Literal["read", "write", "folder", "listing", "database"]

_FORMATS = (
    "csv",
    "parquet",
    "json",
    "excel",
    "feather",
    "pickle",
    "hdf",
    "stata",
    "orc",
    "xml",
    "html",
    "ipc",
)
_READING = {
    *(f"read_{each}" for each in _FORMATS),
    *(
        "read_table",
        "read_fwf",
        "read_sas",
        "read_spss",
        "read_ndjson",
        "read_avro",
        "read_ods",
        "read_delta",
    ),
    *("scan_csv", "scan_parquet", "scan_ndjson", "scan_ipc", "scan_delta", "read_file", "imread"),
    *("loadtxt", "genfromtxt", "fromfile", "load_workbook", "ExcelFile", "ParquetFile", "loadmat"),
}
_WRITING = {
    *(f"to_{each}" for each in _FORMATS),
    *("to_latex", "to_markdown", "write_csv", "write_parquet", "write_json", "write_ndjson", "write_ipc"),
    *("write_excel", "write_avro", "write_delta", "sink_csv", "sink_parquet", "savefig", "imsave", "imwrite"),
    *("savetxt", "savez", "savez_compressed", "ExcelWriter", "write_image", "write_html", "save_model"),
}
_EXACT: Mapping[str, tuple[Kind, int]] = {
    "numpy.load": ("read", 0),
    "numpy.save": ("write", 0),
    "joblib.load": ("read", 0),
    "joblib.dump": ("write", 1),
    "torch.load": ("read", 0),
    "torch.save": ("write", 1),
    "PIL.Image.open": ("read", 0),
    "sqlite3.connect": ("database", 0),
    "duckdb.connect": ("database", 0),
    "sqlalchemy.create_engine": ("database", 0),
    "shutil.copy": ("read", 0),
    "os.makedirs": ("folder", 0),
    "os.mkdir": ("folder", 0),
    "os.listdir": ("listing", 0),
    "os.scandir": ("listing", 0),
    "os.walk": ("listing", 0),
    "os.path.exists": ("folder", 0),
    "os.path.isfile": ("folder", 0),
    "os.path.isdir": ("folder", 0),
    "glob.glob": ("listing", 0),
    "glob.iglob": ("listing", 0),
    "os.chdir": ("folder", 0),
    "sys.path.append": ("folder", 0),
    "sys.path.insert": ("folder", 1),
}
_KEYWORDS = (
    *(
        "path",
        "filepath_or_buffer",
        "path_or_buf",
        "path_or_buffer",
        "excel_writer",
        "io",
        "fname",
        "file",
        "source",
    ),
    *("filename", "filepath", "buf", "database", "arr_file", "name"),
)
_ON_PATHS: Mapping[str, Kind] = {
    "read_text": "read",
    "read_bytes": "read",
    "write_text": "write",
    "write_bytes": "write",
    "mkdir": "folder",
    "exists": "folder",
    "is_file": "folder",
    "is_dir": "folder",
    "iterdir": "listing",
    "glob": "listing",
    "rglob": "listing",
}
_TABLE = re.compile(r"\b(?:from|join)\s+[\"'`\[]?([A-Za-z_][\w.]*)", re.IGNORECASE)
_CHANGES = re.compile(r"\s*(?:insert|update|delete|create|drop|alter|replace)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Access:
    """One call that touches a file, a folder or a database.

    Attributes:
        path: the expression that names it; `said` is what it says.
    """

    kind: Kind
    cell: Cell
    call: ast.Call
    path: ast.expr
    said: PathText


@dataclass(frozen=True)
class Table:
    """A table of a database that a cell reads, or writes."""

    name: str
    cell: Cell
    written: bool


def accesses(messy: Messy, reader: Reader) -> Iterator[Access]:
    """Yield every call that reads or writes a path that can be made out, cell by cell."""
    for cell, node in messy.nodes():
        if isinstance(node, ast.Call):
            for kind, path in _paths(cell, node, messy.bound, reader):
                said = reader.read(cell, path)
                if said is not None and said.literal is not None:
                    yield Access(kind, cell, node, path, said)


def tables(messy: Messy) -> Iterator[Table]:
    """Yield the database tables that calls and SQL texts name."""
    for cell, node in messy.nodes():
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        text = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
        if not isinstance(text, str):
            continue
        if node.func.attr in ("to_sql", "read_sql_table", "write_database"):
            yield Table(text, cell, node.func.attr != "read_sql_table")
        elif node.func.attr in ("read_sql", "read_sql_query", "read_database", "execute", "sql", "query"):
            names = [found.group(1) for found in _TABLE.finditer(text)]
            if _CHANGES.match(text):
                yield Table(names[0] if names else " ".join(text.split()[:3]), cell, written=True)
            else:
                yield from (Table(name, cell, written=False) for name in names)


def _paths(
    cell: Cell, call: ast.Call, bound: Mapping[str, str], reader: Reader
) -> Iterator[tuple[Kind, ast.expr]]:
    func = call.func
    full = qualified(func, bound) or ""
    last = func.attr if isinstance(func, ast.Attribute) else full.rpartition(".")[2]
    if full in ("open", "io.open", "gzip.open", "bz2.open", "codecs.open"):
        yield from _argument(call, 0, _mode(call, 1))
    elif full in _EXACT:
        kind, place = _EXACT[full]
        yield from _argument(call, place, kind)
        if full == "shutil.copy":
            yield from _argument(call, 1, "write")
    elif isinstance(func, ast.Attribute) and reader.makes_path(cell, func.value):
        kind = _mode(call, 0) if last == "open" else _ON_PATHS.get(last, "folder")
        if last == "open" or last in _ON_PATHS:
            yield kind, func.value
    elif last in _READING:
        yield from _argument(call, 0, "read")
    elif last in _WRITING:
        yield from _argument(call, 0, "write")


def _argument(call: ast.Call, place: int, kind: Kind) -> Iterator[tuple[Kind, ast.expr]]:
    if len(call.args) > place and not isinstance(call.args[place], ast.Starred):
        yield kind, call.args[place]
        return
    for keyword in call.keywords:
        if keyword.arg in _KEYWORDS:
            yield kind, keyword.value
            return


def _mode(call: ast.Call, place: int) -> Kind:
    node = call.args[place] if len(call.args) > place else None
    node = node or next((k.value for k in call.keywords if k.arg == "mode"), None)
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "r"
    return "write" if set(text) & set("wax+") else "read"
