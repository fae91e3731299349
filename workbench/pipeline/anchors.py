"""The heads of the ledger that executed notebooks keep: each is stamped with the one it was started on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workbench.ledger import Anchor, parse_head

_NOTEBOOKS = "*/*/*/notebook.ipynb"  # run, entry, attempt


def read_anchors(runs: Path, root: Path) -> tuple[list[Anchor], list[str]]:
    """Return the anchors in the notebooks of all attempts, and what is wrong with others.

    A notebook without a stamp, of an attempt that goes on or was lost, is none.

    Args:
        runs: the folder of all attempts' spaces.
        root: the project's, for the words.
    """
    anchors, wrong = [], []
    for path in sorted(runs.glob(_NOTEBOOKS)):
        where = f"the notebook {path.relative_to(root)}"
        try:
            stamp = _stamp(path)
        except (OSError, ValueError, RecursionError) as error:
            wrong.append(f"{where} cannot be read: {error}")
            continue
        if stamp is None:
            continue
        head = parse_head(stamp)
        if head is None:
            wrong.append(f"{where} is stamped with {stamp[:80]!r}, which is no POSITION:HASH")
        else:
            anchors.append(Anchor(head.position, head.hash, where))
    return anchors, wrong


def _stamp(path: Path) -> str | None:
    document = json.loads(path.read_bytes())
    for key in ("metadata", "workbench", "ledger"):
        document = document.get(key) if isinstance(document, dict) else None
    return None if document is None else _text(document)


def _text(head: Any) -> str:
    return f"{head.get('position')}:{head.get('hash')}" if isinstance(head, dict) else repr(head)
