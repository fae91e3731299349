"""Files wherever fsspec reaches: on this machine, in an object store, on the web."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.source.credentials import Credentials
from workbench.data.source.format import parse
from workbench.data.source.trouble import named, trouble
from workbench.project import SourceConfig

if TYPE_CHECKING:
    import pyarrow as pa

_DIGESTS = ("ETag", "etag", "Content-MD5", "md5Hash", "md5", "checksum")


class Files:
    """One file, or all that a pattern with `*` names, as one table.

    Args:
        config: what is declared, its format filled in.
        credentials: what reveals the secrets in it.
        root: the folder that a relative path starts from.
    """

    def __init__(self, config: SourceConfig, credentials: Credentials, root: Path) -> None:
        from fsspec.core import url_to_fs

        self._config = config
        uri = credentials.in_uri(config.uri)
        self._local = "://" not in uri or uri.startswith("file:")
        if "://" not in uri:
            uri = str(root / Path(uri).expanduser())
        storage = _with_timeout(uri, credentials.in_value(config.storage), config.timeout.total_seconds())
        self._files, self._path = url_to_fs(
            uri, **storage, skip_instance_cache=True, use_listings_cache=False
        )

    def validator(self) -> Any:
        """Return what changes whenever the bytes do; None where only reading them can tell."""
        found = []
        for path in self._paths():
            if self._local:
                with Path(path).open("rb") as stream:
                    found.append([path, hashlib.file_digest(stream, "sha256").hexdigest()])
                continue
            info = self._files.info(path)
            digest = next((str(info[key]) for key in _DIGESTS if info.get(key)), None)
            if digest is None:
                return None
            found.append([path, digest, info.get("size")])
        return found

    def table(self) -> pa.Table:
        """Return the rows of all files, in order of their paths."""
        import pyarrow as pa

        parts = [self._parsed(path) for path in self._paths()]
        if len(parts) == 1:
            return parts[0]
        return pa.concat_tables(parts, promote_options="default")

    def _paths(self) -> Iterator[str]:
        if "*" not in self._path:
            yield self._path
            return
        found = sorted(self._files.glob(self._path))
        if not found:
            source = named(self._config)
            raise trouble("missing", f"{source} names no file: nothing fits the pattern.", source)
        yield from found

    def _parsed(self, path: str) -> pa.Table:
        content = _unpacked(path, self._files.cat_file(path))
        if not content:
            source = named(self._config)
            raise trouble("format", f"{source} is empty: it has 0 bytes.", source)
        return parse(content, self._config)


def _unpacked(path: str, content: bytes) -> bytes:
    from fsspec.compression import compr
    from fsspec.utils import infer_compression

    packed = infer_compression(path.partition("?")[0])
    if packed is None:
        return content
    with compr[packed](BytesIO(content), mode="rb") as stream:
        unpacked: bytes = stream.read()
    return unpacked


def _with_timeout(uri: str, storage: dict[str, Any], seconds: float) -> dict[str, Any]:
    if uri.startswith(("http://", "https://")):
        from aiohttp import ClientTimeout

        silence = ClientTimeout(total=None, connect=seconds, sock_connect=seconds, sock_read=seconds)
        client = {"timeout": silence, **storage.get("client_kwargs", {})}
        return {**storage, "client_kwargs": client}
    if uri.startswith(("s3://", "s3a://")):
        usual = {"connect_timeout": seconds, "read_timeout": seconds, "retries": {"max_attempts": 1}}
        return {**storage, "config_kwargs": {**usual, **storage.get("config_kwargs", {})}}
    return storage
