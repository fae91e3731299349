"""A compactor of a test, at it until it is killed: `python -m tests.serving.log.compacting STATE`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.serving.log.logged import START, Logged
from workbench.clock import ManualClock


def main(state: Path) -> None:
    """Compact again and again; say when the first time begins."""
    import deltalake
    import pyarrow.parquet

    assert deltalake, pyarrow
    compactor = Logged(state, ManualClock(START)).compactor(batch=200_000)
    print("ready", flush=True)
    while True:
        compactor.run_once()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
