"""Reads a source: opened, tried again while that may help, held to its columns, refused in one way."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from workbench.data.frame import from_arrow
from workbench.data.source.conform import conform
from workbench.data.source.credentials import Credentials
from workbench.data.source.database import Database
from workbench.data.source.delta import DeltaFiles
from workbench.data.source.files import Files
from workbench.data.source.format import format_of, types_of
from workbench.data.source.trouble import is_passing, told
from workbench.errors import ConfigurationError, UnknownNameError, UsageError
from workbench.project import SourceConfig, load_project
from workbench.root import find_root

if TYPE_CHECKING:
    import pyarrow as pa

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_T = TypeVar("_T")


class Origin(Protocol):
    """Where a source's rows are.

    The contract: `validator` is cheap, and equal twice only if `table` is equal too; None says that it
    cannot tell. Both raise whatever their libraries raise.
    """

    def validator(self) -> Any:
        """Return what changes whenever the rows do, as JSON; None where only reading can tell."""

    def table(self) -> pa.Table:
        """Return all rows."""


class Reading:
    """One source at work.

    Args:
        config: what is declared.
        root: the folder that relative paths start from, and whose secrets are used.
    """

    def __init__(self, config: SourceConfig, root: Path | None) -> None:
        kind = None if config.is_database else format_of(config)
        self._config = config.model_copy(update={"format": kind})
        self._config._name = config.name
        self._root = root
        self._credentials = Credentials(root)
        types_of(config)

    def validator(self) -> Any:
        """Return what changes whenever the rows do; None where only reading can tell.

        Raises:
            SourceError: it does not answer, is not there, or does not let us in.
        """
        return self._attempted(lambda origin: origin.validator())

    def table(self) -> pa.Table:
        """Return all rows with the declared columns.

        Raises:
            SourceError: it cannot be read, or is not what is declared.
        """
        return self._attempted(lambda origin: conform(origin.table(), self._config))

    def _attempted(self, work: Callable[[Origin], _T]) -> _T:
        import stamina

        attempts = stamina.retry_context(
            on=is_passing, attempts=self._config.retries + 1, timeout=None, wait_initial=0.5, wait_max=10.0
        )
        for attempt in attempts:
            with attempt:
                return self._once(work)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, work: Callable[[Origin], _T]) -> _T:
        try:
            return work(self._origin())
        except ConfigurationError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a library raises is one error, without secrets
            raise told(error, self._config, self._credentials) from None

    def _origin(self) -> Origin:
        root = self._root or Path.cwd()
        if self._config.is_database:
            return Database(self._config, self._credentials, root)
        if self._config.format == "delta":
            return DeltaFiles(self._config, self._credentials, root)
        return Files(self._config, self._credentials, root)


def read(source: str | SourceConfig, *, as_: str = "pandas", **declared: Any) -> Any:
    """Return a source's rows: one that the project declares, or any path, URL or database.

    In a stage, declare the source and use `stage.load`: then a change in it is noticed.

    Args:
        source: a name of `[sources]`, a path, a URL (`https://…`, `s3://…`), or with `query` or `table`
            a database's SQLAlchemy URL. `secret:NAME` in it stands for a secret.
        as_: "pandas", "polars", "arrow" or "duckdb".
        declared: for a source that is not declared, any key of `[sources.NAME]`: `format`, `query`,
            `table`, `options`, `storage`, `columns`, …

    Raises:
        SourceError: it does not answer, is not there, or is not what was expected.
        UsageError: there is no source of that name, or a key is unknown.
    """
    config, root = (source, _root()) if isinstance(source, SourceConfig) else _found(source, declared)
    return from_arrow(Reading(config, root).table(), as_)


def _found(source: str, declared: dict[str, Any]) -> tuple[SourceConfig, Path | None]:
    root = _root()
    if _NAME.fullmatch(source) and not declared:
        known = load_project(root).config.sources if root else {}
        if source not in known:
            hint = "" if known else "Give a path or URL, or declare it: [sources.NAME] with uri = …"
            raise UnknownNameError("source", source, known, hint=hint)
        return known[source], root
    return _declared({"uri": source, **declared}), None


def _declared(keys: dict[str, Any]) -> SourceConfig:
    from pydantic import ValidationError

    try:
        return SourceConfig.model_validate(keys)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"wb.read was given {key}: {first['msg'][:1].lower()}{first['msg'][1:]}.",
            hint=f"It takes the keys of [sources.NAME]: {', '.join(SourceConfig.model_fields)}.",
        ) from None


def _root() -> Path | None:
    try:
        return find_root()
    except ConfigurationError:
        return None
