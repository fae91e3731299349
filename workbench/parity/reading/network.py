"""What a notebook needs the network for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from workbench.adopt.access import accesses
from workbench.parameters.names import qualified
from workbench.parity.fault import Fault, Kind
from workbench.parity.subject import Subject, installs

PROGRAMS = frozenset(
    {"curl", "wget", "ssh", "scp", "rsync", "ftp", "sftp", "aws", "gsutil", "gcloud", "az", "kaggle", "dvc"}
)
_FETCHING = {("git", "clone"), ("git", "pull"), ("git", "fetch"), ("pip", "install"), ("conda", "install")}
_CLIENTS = ("requests.", "httpx.", "urllib.request.", "urllib3.", "aiohttp.", "boto3.", "smtplib.", "ftplib.")
_FETCHERS = (
    "fetch_openml",
    "fetch_california_housing",
    "fetch_20newsgroups",
    "fetch_covtype",
    "load_dataset",
)
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")
_LOCAL = ("file://", "sqlite://", "duckdb://", "memory://")
TODO = "Fetch it once, keep it as an input, and read that."
_BOUND = ("requests.Session", "requests.exceptions", "urllib.request.Request", "httpx.Timeout")


def networked(subject: Subject) -> Iterator[Fault]:
    """Yield calls and shell lines that reach beyond this machine."""
    for access in accesses(subject.messy, subject.reader):
        text = access.said.whole or access.said.start
        if is_remote(text) and access.kind != "write":
            yield Fault(
                Kind.NETWORK, access.cell.number, f"reads {text} over the network", TODO, access.call.lineno
            )
    for cell, call in subject.calls():
        full = qualified(call.func, subject.messy.bound) or ""
        last = full.rpartition(".")[2]
        if full.startswith(_CLIENTS) and not full.startswith(_BOUND):
            yield Fault(Kind.NETWORK, cell.number, f"`{full}` asks over the network", TODO, call.lineno)
        elif last in _FETCHERS and full.startswith(("sklearn.", "seaborn.", "datasets.")):
            yield Fault(
                Kind.NETWORK, cell.number, f"`{full}` fetches data over the network", TODO, call.lineno
            )
    for cell in subject.messy.code:
        for magic in cell.magics:
            words = [magic.name, *magic.words.split()]
            if magic.kind in ("shell", "line") and installs(magic):
                text = f"installs packages while it runs: `{' '.join(words)}`; the check leaves that out"
                yield Fault(Kind.NETWORK, cell.number, text, "Declare them where it runs.", magic.line)
            elif magic.kind in ("shell", "line") and fetches(words):
                text = f"`{' '.join(words)}` needs the network"
                yield Fault(Kind.NETWORK, cell.number, text, TODO, magic.line)
    yield from _other_cells(subject)


def is_remote(text: str) -> bool:
    """Return whether a text is the address of something elsewhere."""
    return bool(_SCHEME.match(text)) and not text.startswith(_LOCAL)


def fetches(words: Iterable[str]) -> bool:
    """Return whether a command line needs the network."""
    names = [word.rpartition("/")[2].strip("'\"") for word in words]
    return bool(set(names[:1]) & PROGRAMS) or any(pair in _FETCHING for pair in pairwise(names))


def _other_cells(subject: Subject) -> Iterator[Fault]:
    for cell in subject.messy.code:
        if any(magic.kind == "cell" and magic.name in ("bash", "sh", "script") for magic in cell.magics):
            for number, line in enumerate(cell.source.splitlines(), start=1):
                if fetches(line.split()):
                    yield Fault(
                        Kind.NETWORK, cell.number, f"`{line.strip()}` needs the network", TODO, number
                    )


def addresses(subject: Subject) -> set[str]:
    """Return every literal that is an address of something elsewhere."""
    return {
        node.value
        for _, node in subject.messy.nodes()
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_remote(node.value)
    }
