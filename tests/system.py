"""What the tests need beside Python: found, or installed where that is possible, or asked for in words."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
POSTGRES_FOLDERS = Path("/usr/lib/postgresql")
POSTGRES_SINCE = 15


def find_chromium() -> Path | None:
    """Return the first Chromium on the PATH."""
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return next((Path(path) for path in found if path), None)


def find_postgres() -> Path | None:
    """Return the folder with the server programs of the newest PostgreSQL, 15 or later."""
    folders = sorted(POSTGRES_FOLDERS.glob("*/bin"), key=lambda folder: -_version(folder.parent.name))
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return next((folder for folder in folders if _serves(folder)), None)


def find_wrk() -> Path | None:
    """Return the load generator wrk."""
    found = shutil.which("wrk")
    return Path(found) if found else None


def _version(text: str) -> int:
    digits = re.search(r"\d+", text)
    return int(digits.group()) if digits else 0


def _serves(folder: Path) -> bool:
    if not all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
        return False
    told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    return _version(told.stdout) >= POSTGRES_SINCE


@dataclass(frozen=True)
class Need:
    """A program that the tests start for real."""

    what: str
    package: str
    find: Callable[[], Path | None]


NEEDS = (
    Need("Chromium", "chromium", find_chromium),
    Need(f"PostgreSQL {POSTGRES_SINCE} or later", "postgresql", find_postgres),
    Need("wrk", "wrk", find_wrk),
)


def install_prefix() -> list[str] | None:
    """Return what stands before `apt-get` here; None where packages cannot be installed without asking."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    may = shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if may and may.returncode == 0 else None


def install(packages: list[str], prefix: list[str]) -> None:
    """Install Debian packages; what goes wrong is for the second look to tell."""
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    subprocess.run([*apt, "update"], check=False)
    subprocess.run([*apt, "install", "-y", "--no-install-recommends", *packages], check=False)


def main() -> int:
    """Look, install what is missing where that is possible, look again; 0 when everything is there."""
    missing = [need for need in NEEDS if need.find() is None]
    prefix = install_prefix() if missing else None
    if missing and prefix is not None:
        print(f"Installing what the tests need: {', '.join(need.what for need in missing)} …")
        install([need.package for need in missing], prefix)
        missing = [need for need in missing if need.find() is None]
    for need in missing:
        print(f"The tests need {need.what}, which was not found. On Debian or Ubuntu:", file=sys.stderr)
        print(f"    sudo apt-get install {need.package}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
