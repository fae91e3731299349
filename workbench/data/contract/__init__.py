"""Contracts: what the rows of a dataset must be like, and what becomes of those that are not."""

from workbench.data.contract.contract import ColumnContract, Contract, read_contract
from workbench.data.contract.draft import draft_contract
from workbench.data.contract.holds import Held, hold

__all__ = ["ColumnContract", "Contract", "Held", "draft_contract", "hold", "read_contract"]
