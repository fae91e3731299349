"""What MLmodel may say: a known loader, known files, and nothing that runs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from workbench.errors import IntegrityError
from workbench.tracking.flavours import PICKLE, Flavour

MANIFEST = "MLmodel"
_RUNS = (".pkl", ".pickle", ".joblib", ".py", ".pyc", ".so", ".pth")


def check_manifest(folder: Path, content: bytes, paths: Iterable[str], flavour: Flavour) -> None:
    """Refuse a folder whose loading would do more than build one model of one flavour.

    Args:
        folder: where it is, for the message.
        content: of its MLmodel, already compared with the record.
        paths: every file of the folder.
        flavour: the one that the record names.

    Raises:
        IntegrityError: it names a foreign loader, code, another file or another class.
    """
    import yaml

    try:
        manifest = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise refused(folder, "its MLmodel is no YAML", str(error)) from error
    parts = manifest.get("flavors") if isinstance(manifest, dict) else None
    parts = parts if isinstance(parts, dict) else {}
    if flavour.name not in parts or not {flavour.name, "python_function"}.issuperset(parts):
        raise refused(folder, f"its flavours are not those of a {flavour.name} model", sorted(parts))
    for name, part in parts.items():
        _check_part(folder, name, part, flavour)
    _check_files(folder, paths, flavour)


def _check_part(folder: Path, name: str, part: Any, flavour: Flavour) -> None:
    if not isinstance(part, dict):
        raise refused(folder, f"its {name} flavour is no table", part)
    if part.get("code"):
        raise refused(folder, f"its {name} flavour brings code of its own", part["code"])
    if name != "python_function":
        for key, allowed in flavour.expects.items():
            if part.get(key) not in allowed:
                raise refused(folder, f"its {name} flavour has another {key}", part.get(key))
        return
    loader = part.get("loader_module")
    if loader != f"mlflow.{flavour.name}":
        raise refused(folder, "its loader_module is not on the list of allowed ones", loader)
    named = [part[key] for key in ("data", "model_path") if part.get(key)]
    if flavour.file and named != [flavour.file]:
        raise refused(folder, f"its {name} flavour reads another file", named)


def _check_files(folder: Path, paths: Iterable[str], flavour: Flavour) -> None:
    unsafe = [path for path in sorted(paths) if PurePosixPath(path).parts[0] == "code"]
    if flavour.stored != PICKLE:
        unsafe += [path for path in sorted(paths) if path.lower().endswith(_RUNS)]
    if unsafe:
        raise refused(folder, "it holds files that could run", unsafe)


def refused(folder: Path, why: str, got: Any) -> IntegrityError:
    """Return the error that refuses a folder."""
    return IntegrityError(
        f"The model in {folder} is refused: {why} (got {got!r}). Nothing of it was parsed.",
        hint="Register only what stage.save has written; remove this folder if you did not put it there.",
        path=str(folder),
        expected="a model that stage.save has written",
        got=got,
    )
