"""A worker of a test: logs rows until it is killed, and says of each request when it may be answered.

`python -m tests.serving.log.writing STATE SEED DURABILITY PAUSE`; it prints `REQUEST ROWS` for each, and
waits PAUSE seconds after it. It ends by itself when nobody killed it in time.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path

from tests.serving.log.logged import COLUMNS, columns
from workbench.clock import SystemClock
from workbench.serving.log import LogPlace, RequestIds, RowEncoder, Spool

_AT_MOST = 30_000


async def main(state: Path, seed: int, durability: str, pause: float) -> None:
    """Log requests of one to many rows, some of them long."""
    chance = random.Random(seed)
    spool = Spool(LogPlace(state).spool, durability, max_bytes=60_000, max_age=0.1, delay=0.01)  # type: ignore[arg-type]
    ids = RequestIds(SystemClock())
    encoder = RowEncoder("late", seed, columns(*COLUMNS))
    for _ in range(_AT_MOST):
        request, at = ids.next()
        count = chance.choice([1, 1, 1, 1, 2, 40])
        text = "x" * chance.choice([2, 2, 2, 5000])
        rows = [[float(n), text] for n in range(count)]
        spool.append(encoder.encode(request, at, "champion", None, 1, None, [0.5] * count, rows))
        if durability == "fsync":
            await spool.durable()
        os.write(1, f"{request} {count}\n".encode())
        await asyncio.sleep(pause)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], float(sys.argv[4])))
