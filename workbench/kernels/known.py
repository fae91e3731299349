"""Spares each kernel the look at every loaded module that ipykernel takes for its debugger.

To look at thousands of modules writes to their reference counts, and with each the kernel copies a page of
memory that it shared with the fork server: half of the time that it needs to begin.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

_files: list[str] = []


def note_modules() -> None:
    """Note the files of all modules that are loaded now; to be called before kernels are forked."""
    modules = list(sys.modules.values())
    _files[:] = [str(module.__file__) for module in modules if getattr(module, "__file__", None)]


class _FewModules:
    """The module `sys`, with no module to be found in it."""

    modules: ClassVar[dict[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


@contextmanager
def modules_known() -> Iterator[None]:
    """Let a kernel be made whose debugger knows the noted files."""
    from ipykernel import ipkernel

    ipkernel.sys = _FewModules()
    try:
        yield
    finally:
        ipkernel.sys = sys


def tell_debugger(kernel: Any) -> None:
    """Give a kernel the noted files."""
    kernel._kernel_modules = _files
    if getattr(kernel, "debugger", None):
        kernel.debugger.kernel_modules = _files
