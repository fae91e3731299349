"""A version's card, as `workbench card` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.insight.deployments.kept import kept
from workbench.registry.card import as_page, model_card

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store


def card_page(store: Store, person: Person, model: str, version: int) -> str:
    """Return the card of a version as one HTML page; whatever is not ours is escaped in it.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model or version.
        StorageError: the ledger cannot be read.
    """
    person.require("view", model=model)
    found = store.model(model).find(version)

    def make() -> str:
        return as_page(model_card(found, ledger=store.ledger, project=store.project))

    return kept(store, ("card", model, version), store.changed("model"), make)
