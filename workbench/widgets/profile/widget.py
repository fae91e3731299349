"""`Profile`: a version of a dataset, without its rows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Literal

from traitlets import Int, Unicode, validate

from workbench.errors import UsageError, WorkbenchError
from workbench.insight.datasets import (
    DatasetChange,
    DatasetProfile,
    Version,
    dataset_change,
    dataset_versions,
    give_up_counting,
    previous_version,
    profile_dataset,
)
from workbench.widgets.beside import beside
from workbench.widgets.profile.words import said
from workbench.widgets.session import session
from workbench.widgets.shown import Shown

PREVIOUS: Literal["previous"] = "previous"


class Profile(Shown):
    """What is in a version of a dataset: rows, types, missing values, how each column is spread.

    A large one is shown from a sample at first, which it says, and from every row when these have been
    counted beside. The rows stay in the kernel's machine; only counts go to the browser.

    ```python
    wb.widgets.Profile("features", against="previous")
    ```

    Args:
        dataset: its name.
        version: its number; the newest when None.
        against: the version that it is compared with: a number, or `previous`.

    Attributes:
        dataset, version: as above; traits. `version` may be set.
        against: the number of the other version, -1 for none; a trait, which may be set.
        trouble: why the rows could not all be counted; None when they could, or are being counted.
        versions_known: all versions, the newest first; None until they were asked for.

    Raises:
        UnknownNameError: there is no such dataset, or no such version of it.
    """

    dataset = Unicode(read_only=True)
    version = Int()
    against = Int(-1)

    def __init__(
        self, dataset: str, version: int | None = None, against: int | Literal["previous"] | None = None
    ) -> None:
        super().__init__()
        self._session = session()
        self._lock = threading.RLock()
        self._made: dict[tuple[int, int], DatasetProfile] = {}
        self.trouble: WorkbenchError | None = None
        self.set_trait("dataset", dataset)
        self.versions_known: tuple[Version, ...] | None = None
        self.version = self._profiled(version, -1, exact=False).version
        self.against = self._other(against)

    def __repr__(self) -> str:
        against = f" against {self.against}" if self.against >= 0 else ""
        return f"<Profile {self.dataset} version {self.version}{against}>"

    @property
    def versions(self) -> tuple[Version, ...]:
        """All versions, the newest first; a long ledger takes seconds to be looked through."""
        if self.versions_known is None:
            self.versions_known = dataset_versions(self._session.store, self._session.person, self.dataset)
        return self.versions_known

    @property
    def profile(self) -> DatasetProfile:
        """What is in the version, as far as it is known: from every row, or from a sample."""
        return self._profiled(self.version, -1, exact=False)

    @property
    def change(self) -> DatasetChange | None:
        """What changed since the other version; None when there is none to compare with."""
        return self._changed(exact=False)

    def exact(self) -> DatasetProfile:
        """Return what is in the version, counted in every row; this may take seconds.

        Raises:
            IntegrityError: its bytes are not those recorded.
        """
        found = self._profiled(self.version, -1, exact=True)
        self._changed(exact=True)
        return found

    def text(self) -> str:
        """Return the version's columns in a few words each, and what changed."""
        return said(self.profile, self.change)

    def build(self) -> Any:
        """Return the columns with small pictures, and what chooses the versions."""
        from workbench.widgets.profile.view import View

        view = View(self)
        self.watch(lambda: self._count(view.redraw))
        self._count(view.redraw)
        return view.root

    def watch(self, changed: Callable[[], None]) -> None:
        """Call something when another version is chosen, for as long as the widget is open."""

        def told(_: Any) -> None:
            changed()

        self.observe(told, ["version", "against"])
        self._at_close(lambda: self.unobserve(told, ["version", "against"]))

    def _count(self, done: Callable[[], None]) -> None:
        """Let every row be counted beside, when that is not known yet."""
        self.trouble = None
        done()
        profiles = [self.profile, *([c.before, c.after] if (c := self.change) else [])]
        if all(profile.is_exact for profile in profiles) and self.versions_known is not None:
            return

        def work() -> None:
            try:
                self.exact()
                done()
                self.versions  # noqa: B018 - for the list to choose from
            except WorkbenchError as error:  # the sample stands
                self.trouble = error
            done()

        beside(work, "widgets profile", give_up=give_up_counting)

    def _changed(self, *, exact: bool) -> DatasetChange | None:
        if self.against < 0:
            return None
        before = self._profiled(self.against, -1, exact=exact)
        after = self._profiled(self.version, self.against, exact=exact)
        return dataset_change(before, after)

    def _profiled(self, version: int | None, like: int, *, exact: bool) -> DatasetProfile:
        with self._lock:
            known = self._made.get((version, like)) if version is not None else None
        if known is not None and (known.is_exact or not exact):
            return known
        other = self._profiled(like, -1, exact=exact) if like >= 0 else None
        store, person = self._session.store, self._session.person
        made = profile_dataset(store, person, self.dataset, version, exact=exact, like=other)
        with self._lock:
            self._made[made.version, like] = made
        return made

    @validate("version", "against")  # type: ignore[untyped-decorator]
    def _valid(self, proposal: Any) -> int:
        version: int = proposal["value"]
        if version != -1 or proposal["trait"].name == "version":
            self._profiled(version, -1, exact=False)  # which says when there is none
        return version

    def _other(self, against: int | str | None) -> int:
        if against is None:
            return -1
        if against == PREVIOUS:
            store, person = self._session.store, self._session.person
            found = previous_version(store, person, self.dataset, self.version)
            return -1 if found is None else found
        if not isinstance(against, int):
            raise UsageError(
                f"against is {against!r}, which is no version.", hint="Give a number, or 'previous'."
            )
        return against
