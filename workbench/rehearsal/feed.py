"""What happened outside of the project: day by day, what callers ask and what turns out to be true."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from workbench.errors import ConfigurationError

if TYPE_CHECKING:
    import pandas as pd

    from workbench.project import Project

AT = "at"


@dataclass(frozen=True)
class Day:
    """One day of a feed.

    Attributes:
        day: its date.
        requests: one row for each thing that is asked about, in order of time: `at`, an aware instant; the
            model's entity; the model's columns, as they are known at that instant.
        labels: what becomes known that day, in order of time: `at`, `entity` and `label`.
    """

    day: date
    requests: pd.DataFrame
    labels: pd.DataFrame


class Feed(Protocol):
    """Yields days without a gap; nothing in a day depends on what was not known in it."""

    def __call__(self, begin: datetime, end: datetime) -> Iterator[Day]:
        """Yield the days from the first moment until the first moment after, both midnights."""


def load_feed(project: Project) -> Feed:
    """Return the feed that a project's rehearsal names, imported from its folder.

    Raises:
        ConfigurationError: the project declares none, or there is no such function.
    """
    declared = project.config.rehearsal
    assert declared is not None
    module, _, name = declared.feed.partition(":")
    folder = str(project.root)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        feed: Feed = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"[rehearsal] feed is {declared.feed!r}, which cannot be had: {error}.",
            hint="Name a function as module:function, of a module in the project's folder.",
            file=str(project.root / "workbench.toml"),
            key="rehearsal.feed",
        ) from error
    return feed
