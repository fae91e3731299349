"""Where the prediction log lies: below the folder that a project keeps its state in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LogPlace:
    """The folders and files of the log.

    Attributes:
        state: the project's `.workbench`.
    """

    state: Path

    @property
    def spool(self) -> Path:
        """The folder of the segments that workers append to."""
        return self.state / "spool"

    @property
    def damaged(self) -> Path:
        """The folder of the segments in which some bytes were unreadable; the rest of them was kept."""
        return self.spool / "damaged"

    @property
    def salt(self) -> Path:
        """The file with the secret that sensitive values are hashed with."""
        return self.state / "sensitive.salt"

    def predictions(self, model: str) -> Path:
        """Return the folder of the Delta table of a model's predictions."""
        return self.state / "predictions" / model

    def labels(self, model: str) -> Path:
        """Return the folder of the Delta table of the labels given for a model."""
        return self.state / "labels" / model

    def models(self) -> list[str]:
        """Return the models that have a table of predictions, sorted."""
        folder = self.state / "predictions"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
