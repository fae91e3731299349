"""`python -m workbench.serving.model ROOT MODEL NUMBER` tries a version; without these it waits for them."""

from __future__ import annotations

import sys

from workbench.serving.model import nursery, steps

if len(sys.argv) > 1:
    steps.main(sys.argv[1:])
else:
    nursery.main()
