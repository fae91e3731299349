"""Faults put into notebooks: each says what it is, changes the cells, and returns the cell to be named."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.projects import cell
from workbench.adopt.magic import read_code
from workbench.adopt.names import flow_of
from workbench.parity import Kind

Document = dict[str, Any]
Plant = Callable[[Document], int]

_CONNECT = """
import socket
with socket.socket() as probe:
    probe.settimeout(0.2)
    probe.connect_ex(('192.0.2.1', 80))
"""


def _code(document: Document) -> list[int]:
    return [n for n, each in enumerate(document["cells"]) if each["cell_type"] == "code" and each["source"]]


def _appended(text: str) -> Plant:
    """Return a plant that adds lines to the last cell but one, where everything that it needs is there."""

    def plant(document: Document) -> int:
        place = _code(document)[-2 if len(_code(document)) > 3 else -1]
        source = document["cells"][place]["source"]
        document["cells"][place]["source"] = f"{text.strip()}\n{source}"
        return place + 1

    return plant


def _flow(document: Document, place: int) -> Any:
    tree, _ = read_code(document["cells"][place]["source"])
    assert tree is not None
    return flow_of(tree)


def _maker(document: Document) -> tuple[int, int]:
    """Return a cell that makes a name, and the first cell below that needs it."""
    code = _code(document)
    for place in code[1:-1]:
        made = _flow(document, place).bound - {"wb"}
        for user in code[code.index(place) + 1 :]:
            between = set[str]().union(*(_flow(document, n).bound for n in code if place < n < user))
            if (made - between) & _flow(document, user).used:
                return place, user
    raise AssertionError("no cell needs another")


def delete_a_cell(document: Document) -> int:
    """Take a cell away that another needs."""
    place, user = _maker(document)
    del document["cells"][place]
    return user  # counted from 1, and one cell before is gone


def exchange_cells(document: Document) -> int:
    """Put a cell below the one that needs it."""
    place, user = _maker(document)
    moved = document["cells"].pop(place)
    document["cells"].insert(user, moved)
    return user


def _logged(value: str, before: str, staged: bool) -> str:
    return (
        f"{before}\nstage.log_metric('planted', {value})"
        if staged
        else f"{before}\nprint('planted', {value})"
    )


def plants(*, staged: bool) -> Mapping[Kind, Plant]:
    """Return a plant for each class; of chance and clock the value is logged, or printed."""
    drawn = "import numpy as np\nluck = float(np.random.default_rng().normal())"
    looked = "from datetime import datetime\nmoment = datetime.now().timestamp()"
    return {
        Kind.STATE: delete_a_cell,
        Kind.ORDER: exchange_cells,
        Kind.PATH: _appended("from pathlib import Path\nthere = Path('/home/ada/shop/limits.csv').exists()"),
        Kind.INPUT: _appended("import csv\nextra = list(csv.reader(open('../' + 'extra/limits.csv')))"),
        Kind.SEED: _appended(_logged("luck", drawn, staged)),
        Kind.CLOCK: _appended(_logged("moment", looked, staged)),
        Kind.NETWORK: _appended(_CONNECT),
        Kind.MODULE: _appended("import nowhere_to_be_found"),
    }


def planted(cells: Sequence[Mapping[str, Any] | str], plant: Plant) -> tuple[list[dict[str, Any]], int]:
    """Return the cells with a fault in them, and the number of the cell that is to be named."""
    made = [cell(each) if isinstance(each, str) else dict(each) for each in cells]
    document = copy.deepcopy({"cells": made})
    number = plant(document)
    return document["cells"], number
