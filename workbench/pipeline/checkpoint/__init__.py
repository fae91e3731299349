"""Checkpoints: values of a notebook, kept so that it can be restarted behind the cells that made them."""

from workbench.pipeline.checkpoint.find import Checkpoint, find_checkpoints
from workbench.pipeline.checkpoint.restart import Restart, restarted
from workbench.pipeline.checkpoint.shelf import (
    Kept,
    forget_checkpoint,
    keep_checkpoint,
    kept_checkpoint,
    restore_checkpoint,
)
from workbench.pipeline.checkpoint.valid import last_valid, shelves_of

__all__ = [
    "Checkpoint",
    "Kept",
    "Restart",
    "find_checkpoints",
    "forget_checkpoint",
    "keep_checkpoint",
    "kept_checkpoint",
    "last_valid",
    "restarted",
    "restore_checkpoint",
    "shelves_of",
]
