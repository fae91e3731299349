"""Blocks of time, as gates, judgements and drift know them: they stand in `workbench.data.block`."""

from workbench.data.block import ROW, block_ids, block_length

__all__ = ["ROW", "block_ids", "block_length"]
