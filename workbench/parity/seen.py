"""What was seen in the kernel while a notebook ran, as faults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workbench.parity.fault import Fault, Kind
from workbench.parity.reading import network
from workbench.parity.reading.inputs import file_faults, todo
from workbench.parity.reading.modules import is_module
from workbench.parity.reading.paths import used_literals
from workbench.parity.subject import Subject
from workbench.parity.trial import Trial

_QUOTED = re.compile(r"'([^']+)'")
_NETWORK_ERRORS = ("URLError", "HTTPError", "ConnectionError", "gaierror", "ConnectTimeout", "SSLError")


def seen_faults(trial: Trial, subject: Subject) -> Iterator[Fault]:
    """Yield what the watch saw that the notebook does not declare."""
    yield from _files(trial, subject)
    yield from _network(trial, subject)
    for line in trial.seen("module"):
        file = Path(line["file"])
        outside = not file.is_relative_to(subject.root)
        shadows = is_module(subject.root, line["name"])  # the project's own, that is installed somewhere, too
        if outside and line["name"] != "workbench" and not shadows:
            text = f"imports `{line['name']}` from {file.parent}, outside of the project"
            advice = f"Copy it into {subject.root}, or install it as a package."
            yield Fault(Kind.MODULE, line["cell"] or None, text, advice, seen=True)


def _files(trial: Trial, subject: Subject) -> Iterator[Fault]:
    written = {line["path"] for line in trial.seen("write")}
    for line in trial.seen("read", "absent"):
        path = Path(line["path"])
        yield from used_literals(subject, line["said"])
        if line["path"] in written or line.get("fresh") or path.is_dir():
            continue
        if line["what"] == "absent" and trial.failed_at != line["cell"]:
            continue  # it asked whether there is one, and went on without
        for fault in file_faults(subject, path, line["cell"], line["line"], seen=True):
            yield _through(fault, line, subject)
    for line in trial.seen("write"):
        yield from used_literals(subject, line["said"])
    for line in trial.seen("address"):
        text = f"reads {line['address']}, which is not declared"
        fault = Fault(Kind.INPUT, line["cell"], text, todo(subject), line["line"], seen=True)
        yield _through(fault, line, subject)


def _network(trial: Trial, subject: Subject) -> Iterator[Fault]:
    told: set[tuple[int, int | None]] = set()
    for line in trial.seen("socket"):
        place = (line["cell"], line["line"])
        if place in told:
            continue
        told.add(place)
        port = f":{line['port']}" if line["port"] else ""
        near = ", another process of this machine" if line["local"] else ""
        text = f"connects to {line['host']}{port}{near}"
        fault = Fault(Kind.NETWORK, line["cell"] or None, text, network.TODO, line["line"], seen=True)
        yield _through(fault, line, subject)
    for line in trial.seen("program"):
        words = [part for word in line["words"] for part in str(word).split()]
        tail = words[2:] if words[:2] in (["/bin/sh", "-c"], ["sh", "-c"], ["/bin/bash", "-c"]) else words
        if network.fetches(tail):
            text = f"runs `{' '.join(tail)[:80]}`, which needs the network"
            yield Fault(Kind.NETWORK, line["cell"], text, network.TODO, line["line"], seen=True)


def _through(fault: Fault, line: Mapping[str, Any], subject: Subject) -> Fault:
    """Say which module did it, when the cell only called that."""
    if not line.get("module"):
        return fault
    file, number = line["module"]
    place = Path(file)
    name = place.relative_to(subject.root).as_posix() if place.is_relative_to(subject.root) else place.name
    return Fault(**{**fault.__dict__, "text": f"{fault.text} (in {name}, line {number})"})


def ending(trial: Trial, subject: Subject) -> Iterator[Fault]:
    """Yield why a run did not come to its end, by the fault class that it is of."""
    if trial.ran:
        return
    error, cell = trial.result.error, trial.failed_at
    if error is None:
        yield Fault(Kind.ERROR, cell, trial.reason, "Run it by hand to see more.", seen=True)
        return
    name, said = error["ename"], error["evalue"].splitlines()[0] if error["evalue"] else ""
    line = _line(error["traceback"])
    yield _named(subject, name, said, cell, line)


def _named(subject: Subject, name: str, said: str, cell: int | None, line: int | None) -> Fault:
    found = _QUOTED.search(said)
    what = found.group(1) if found else said
    if name == "NameError" and cell is not None:
        flows = subject.constants.flows
        later = [number for number, flow in flows.items() if number > cell and what in flow.bound]
        if later:
            text = f"uses `{what}`, which only cell {later[0]} below makes"
            return Fault(Kind.ORDER, cell, text, f"Move cell {later[0]} before cell {cell}.", line, seen=True)
        text = f"uses `{what}`, which no cell makes: a cell that did was deleted, or renamed it"
        return Fault(Kind.STATE, cell, text, f"Add the cell that makes `{what}`.", line, seen=True)
    if name == "ModuleNotFoundError" and is_module(subject.root, what.partition(".")[0]):
        text = f"imports `{what}` before wb.stage(…), which puts the project on the path"
        return Fault(Kind.ORDER, cell, text, "Call wb.stage in a cell before.", line, seen=True)
    if name in ("ModuleNotFoundError", "ImportError"):
        text = f"cannot import: {said}"
        return Fault(Kind.MODULE, cell, text, "Install it, and declare it.", line, seen=True)
    if name in _NETWORK_ERRORS:
        return Fault(Kind.NETWORK, cell, f"raised {name}: {said}", network.TODO, line, seen=True)
    return Fault(Kind.ERROR, cell, f"raised {name}: {said}", "Mend it, and check again.", line, seen=True)


def _line(traceback: str) -> int | None:
    """Return the line of the cell at which an error arose, as IPython writes it."""
    found = re.findall(
        r"^Cell In\[\d+\], line (\d+)|^File <ipython[^>]*>:(\d+)|^-+> (\d+) ", traceback, re.MULTILINE
    )
    return next((int(number) for groups in found for number in groups if number), None)
