"""Where a project keeps what, on disk and in its stores."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.project.config import StoresConfig

STATE = ".workbench"
_RELATIVE_SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Layout:
    """The places of a project.

    Attributes:
        root: the project's folder, absolute.
        stores: where `workbench.toml` says that stores are.
    """

    root: Path
    stores: StoresConfig

    @property
    def state(self) -> Path:
        """The folder of everything that the workbench writes beside the stores configured elsewhere."""
        return self.root / STATE

    @property
    def runs(self) -> Path:
        """The folder of the spaces of all attempts."""
        return self.state / "runs"

    @property
    def scratch(self) -> Path:
        """The folder of people's interactive sessions."""
        return self.state / "scratch"

    @property
    def checkpoints(self) -> Path:
        """The folder of what notebooks have kept to be restarted behind."""
        return self.state / "checkpoints"

    @property
    def data(self) -> Path | str:
        """Where datasets are kept: a folder, or the URI of an object store."""
        return self.stores.data if "://" in self.stores.data else self.root / self.stores.data

    @property
    def ledger_url(self) -> str:
        """The SQLAlchemy URL of the ledger, absolute; what a URL reads otherwise is escaped in it."""
        return self._absolute(self.stores.ledger, str(self.root).replace("%", "%25").replace("?", "%3F"))

    @property
    def tracking_url(self) -> str:
        """The URL of MLflow's tracking store, absolute."""
        return self._absolute(self.stores.tracking, str(self.root))

    @property
    def artifacts_uri(self) -> str:
        """The URI under which MLflow keeps files."""
        place = self.stores.artifacts
        return place if "://" in place else (self.root / place).as_uri()

    def attempt(self, run: str, entry: str, number: int) -> Path:
        """Return the folder that one attempt, and nobody else, writes into."""
        return self.runs / run / entry / str(number)

    def _absolute(self, url: str, root: str) -> str:
        path = url.removeprefix(_RELATIVE_SQLITE)
        if path == url or path in ("", ":memory:") or path.startswith("file:"):
            return url
        return f"{_RELATIVE_SQLITE}{Path(root) / path}"
