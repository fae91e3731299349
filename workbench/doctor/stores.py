"""Looks at the stores of a project: whether each can be reached; none is made or changed."""

from __future__ import annotations

import sqlite3
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from workbench.doctor.finding import Finding, fail, ok, warn
from workbench.doctor.place import why_not_writable
from workbench.errors import ConfigurationError
from workbench.project import Project
from workbench.project.reach import check_reach

_PATIENCE = 5  # seconds for one store


def stores(project: Project, executor: str = "local") -> Iterator[Finding]:
    """Yield what is found of each store, and whether the executor's machines could share them."""
    layout = project.layout
    yield _database("ledger", layout.ledger_url)
    tracking = layout.tracking_url
    yield _server("tracking", tracking) if tracking.startswith("http") else _database("tracking", tracking)
    yield _files("data", str(layout.data))
    yield _files("artifacts", layout.artifacts_uri)
    yield _models(project)
    try:
        check_reach(project, executor)
    except ConfigurationError as error:
        yield fail("executor", error.message, error.hint)
    else:
        where = "attempts run on this machine" if executor == "local" else f"{executor} can share the stores"
        yield ok("executor", where)


def _models(project: Project) -> Finding:
    if not project.config.stores.allow_pickle:
        return ok("models", "are stored without pickle")
    return warn(
        "models",
        "may be pickled: whoever can write one can run code wherever it is loaded",
        "Take allow_pickle out of [stores], unless a library leaves you no choice.",
    )


def _database(name: str, url: str) -> Finding:
    scheme = url.partition(":")[0].partition("+")[0]
    if scheme == "sqlite":
        path = url.partition(":///")[2]
        return _sqlite(name, Path(unquote(path) if name == "ledger" else path))  # SQLAlchemy escapes nothing
    if scheme == "postgresql":
        return _postgres(name, url)
    return ok(name, f"{without_password(url)}, which is not looked at")


def _sqlite(name: str, path: Path) -> Finding:
    todo = f"Check [stores] {name} in workbench.toml, and whose the file is."
    if not path.exists():
        refused = why_not_writable(path.parent)
        if refused:
            return fail(name, f"{path} cannot be made: {refused}", todo)
        return ok(name, f"{path} is not made yet; the first run makes it")
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE)
        try:
            connection.execute("BEGIN IMMEDIATE")
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            connection.execute("ROLLBACK")
        finally:
            connection.close()
    except sqlite3.Error as error:
        return fail(name, f"{path}: {error}", todo)
    return ok(name, f"{path}, {tables} tables and indexes, {path.stat().st_size / 10**6:,.1f} MB")


def _postgres(name: str, url: str) -> Finding:
    import psycopg

    shown = without_password(url)
    try:
        with psycopg.connect(
            f"postgresql://{url.partition('://')[2]}", connect_timeout=_PATIENCE
        ) as connection:
            row = connection.execute("SELECT current_setting('server_version')").fetchone()
    except psycopg.Error as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        return fail(name, f"{shown} does not answer: {reason}", "Start the server, or correct [stores].")
    return ok(name, f"{shown} answers, PostgreSQL {row[0] if row else '?'}")


def _server(name: str, url: str) -> Finding:
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=_PATIENCE) as answer:  # noqa: S310
            status = answer.status
    except (OSError, ValueError) as error:
        return fail(
            name,
            f"{without_password(url)} does not answer: {error}",
            "Start the server, or correct [stores].",
        )
    return ok(name, f"{without_password(url)} answers ({status})")


def _files(name: str, place: str) -> Finding:
    if "://" not in place or place.startswith("file://"):
        folder = Path(unquote(urlsplit(place).path)) if place.startswith("file://") else Path(place)
        refused = why_not_writable(folder)
        if refused:
            return fail(
                name, f"{folder} cannot be written: {refused}", f"Check [stores] {name} in workbench.toml."
            )
        return ok(name, f"{folder} can be written")
    if place.partition(":")[0] not in ("s3", "s3a"):
        return ok(name, f"{place}, which is not looked at")
    return _bucket(name, place)


def _bucket(name: str, place: str) -> Finding:
    import fsspec

    bucket = urlsplit(place).netloc
    config = {"connect_timeout": _PATIENCE, "read_timeout": _PATIENCE, "retries": {"max_attempts": 1}}
    try:
        fsspec.filesystem("s3", config_kwargs=config, skip_instance_cache=True).ls(bucket)
    except Exception as error:  # noqa: BLE001 - botocore, aiohttp and s3fs each raise their own
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        return fail(
            name,
            f"{place} cannot be listed: {reason}",
            "Check the bucket, its endpoint and your credentials.",
        )
    return ok(name, f"{place} can be listed")


def without_password(url: str) -> str:
    """Return a URL as it may be shown."""
    parts = urlsplit(url)
    return url if "@" not in parts.netloc else url.replace(parts.netloc, parts.netloc.rpartition("@")[2], 1)
