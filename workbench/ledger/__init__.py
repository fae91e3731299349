"""The ledger: the append-only record of every event that matters, and the leases beside it."""

from workbench.ledger.anchor import Anchor, parse_head
from workbench.ledger.event import Append, Event, Head, NewEvent, Problem, Verification
from workbench.ledger.lease import Lease, Leases, LeaseState
from workbench.ledger.memory import MemoryLedger
from workbench.ledger.open import open_leases, open_ledger
from workbench.ledger.store import Ledger

__all__ = [
    "Anchor",
    "Append",
    "Event",
    "Head",
    "Lease",
    "LeaseState",
    "Leases",
    "Ledger",
    "MemoryLedger",
    "NewEvent",
    "Problem",
    "Verification",
    "open_leases",
    "open_ledger",
    "parse_head",
]
