"""Keeps a cell's output within bounds: one stream stays one output, and no cell fills the disk."""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

_OVERWRITTEN = re.compile(r"[^\n]*\r(?=[^\n])")  # what a progress bar wrote before it wrote again


class OutputCap:
    """Joins stream messages of a cell as they come, and drops what exceeds the limit.

    Args:
        limit: bytes kept per cell; what is dropped is counted and said in the notebook.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.begin()

    def begin(self) -> None:
        """Start anew, for the next cell."""
        self._kept = 0
        self._dropped = 0
        self._stream: NotebookNode | None = None
        self._chunks: list[str] = []

    def takes(self, msg: dict[str, Any], cell: NotebookNode) -> bool:
        """Return True when the message is dealt with here: a joined stream, or too much."""
        kind, content = msg["msg_type"], msg["content"]
        if kind == "stream":
            self._join(content, cell)
            return True
        if kind in ("display_data", "execute_result", "error"):
            size = _size(content)
            if kind != "error" and self._kept + size > self._limit:
                self._dropped += size
                return True
            self._kept += size
            self.flush(cell)
            self._stream = None
        elif kind == "clear_output":
            self.flush(cell)
            self._stream, self._kept = None, 0
        return False

    def flush(self, cell: NotebookNode) -> None:
        """Write the joined stream into the cell, and a note when output was dropped."""
        if self._stream is not None and self._chunks:
            self._stream["text"] = _OVERWRITTEN.sub("", self._stream["text"] + "".join(self._chunks))
            self._chunks = []
        if self._dropped:
            text = f"[{self._dropped:,} bytes of output are left out: a cell keeps {self._limit:,}]\n"
            note = next((o for o in cell.outputs if o.get("metadata", {}).get("workbench") == "cap"), None)
            if note is None:
                note = new_output("display_data", {"text/plain": text}, metadata={"workbench": "cap"})
                cell.outputs.append(note)
            note["data"]["text/plain"] = text

    def _join(self, content: dict[str, Any], cell: NotebookNode) -> None:
        text = content["text"]
        room = max(self._limit - self._kept, 0)
        self._dropped += max(len(text) - room, 0)
        text = text[:room]
        self._kept += len(text)
        if not text:
            return
        if self._stream is None or self._stream["name"] != content["name"]:
            self.flush(cell)
            self._stream = new_output("stream", name=content["name"], text="")
            cell.outputs.append(self._stream)
        self._chunks.append(text)


def _size(content: dict[str, Any]) -> int:
    return sum(len(str(value)) for value in content.get("data", content).values())
