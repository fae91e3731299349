"""A process that appends, for tests that start many: `python -m tests.ledger.writer URL NAME COUNT`.

It says `ready`, waits for a line, then appends COUNT events to a stream of its own, each together with
one to the stream that all share, and prints the position of each once it is written.
"""

from __future__ import annotations

import sys

from workbench.clock import SystemClock
from workbench.errors import ConflictError
from workbench.ledger import Append, NewEvent, open_ledger


def main(url: str, name: str, count: int) -> None:
    """Append, and try again when another process was first."""
    ledger = open_ledger(url, SystemClock())
    print("ready", flush=True)
    sys.stdin.readline()
    number = 0
    while number < count:
        own = Append(name, number, (NewEvent("own", {"name": name, "number": number}),))
        shared = Append("shared", ledger.version("shared"), (NewEvent("shared", {"name": name}),))
        try:
            events = ledger.append(own, shared) if number % 5 == 0 else ledger.append(own)
        except ConflictError:
            continue
        number += 1
        print(events[0].position, flush=True)
    ledger.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
