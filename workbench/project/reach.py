"""Which of a project's stores another machine could reach."""

from __future__ import annotations

from workbench.errors import ConfigurationError
from workbench.project.project import Project

LOCAL = "local"


def local_stores(project: Project) -> dict[str, str]:
    """Return the stores that only this machine can reach: by their key under `[stores]`, where they are."""
    layout, stores = project.layout, project.config.stores
    places = {
        "ledger": layout.ledger_url,
        "tracking": layout.tracking_url,
        "data": str(layout.data),
        "artifacts": stores.artifacts,
    }
    return {key: place for key, place in places.items() if _is_local(place)}


def check_reach(project: Project, executor: str) -> None:
    """Refuse attempts on other machines for a project whose databases only this one can reach.

    Folders may be shared between machines by a network file system; an SQLite file on one loses writes.

    Args:
        project: the project.
        executor: as given on the command line: `local`, or the URL of a cluster.

    Raises:
        ConfigurationError: the executor is remote, and the ledger or tracking is a local SQLite file.
    """
    if executor == LOCAL:
        return
    databases = {key: url for key, url in local_stores(project).items() if _is_sqlite(url)}
    if databases:
        key, url = next(iter(databases.items()))
        kept = f"{' and '.join(databases)} {'are' if len(databases) > 1 else 'is'} kept"
        raise ConfigurationError(
            f"The executor {executor} runs attempts on other machines, but {kept} in SQLite ({url}), "
            "which they cannot share.",
            hint=f'Set [stores] {key} = "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE", '
            "or leave --executor out.",
            file=str(project.root / "workbench.toml"),
            key=f"stores.{key}",
        )


def _is_sqlite(url: str) -> bool:
    return url.partition(":")[0].partition("+")[0] == "sqlite"


def _is_local(place: str) -> bool:
    return _is_sqlite(place) or "://" not in place or place.startswith("file://")
