"""Applies environment variables that libraries read when they were imported, before they were known."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.kernels.threads import keep_to_threads

INLINE = "module://matplotlib_inline.backend_inline"


def honour(environment: Mapping[str, str]) -> None:
    """Make the libraries that are loaded follow this environment, as if they were imported in it."""
    keep_to_threads(environment)
    polars = sys.modules.get("polars")
    if polars:
        with contextlib.suppress(Exception):
            polars._plr.config_reload_env_vars()
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib:
        os.environ.setdefault("MPLBACKEND", INLINE)  # as ipykernel does before anything is imported
        with contextlib.suppress(Exception):
            _read_style(matplotlib)
            matplotlib.rcParams["backend"] = os.environ["MPLBACKEND"]


def _read_style(matplotlib: Any) -> None:
    """Read a `matplotlibrc` that this environment or this folder names; that of the home is read."""
    if "MATPLOTLIBRC" in os.environ or Path("matplotlibrc").exists():
        style = matplotlib.rc_params_from_file(matplotlib.matplotlib_fname(), use_default_template=True)
        matplotlib.rcParams.update(style)
