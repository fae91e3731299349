"""Something in `workbench.toml` that cannot be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What cannot be, where it stands, and what to do about it.

    Attributes:
        key: as TOML writes it, `stages.train.inputs`.
    """

    key: str
    message: str
    hint: str
