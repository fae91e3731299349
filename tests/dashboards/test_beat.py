from __future__ import annotations

import gc
from collections.abc import Callable
from weakref import ref

import panel as pn
import pytest
from bokeh.document import Document
from panel.io.state import set_curdoc

from workbench.dashboards.app.components.beat import each_second


class Looker:
    """Counts how often it looked."""

    def __init__(self) -> None:
        self.looks = 0

    def look(self) -> None:
        self.looks += 1


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What Panel is asked to call again and again."""
    asked: list[Callable[[], None]] = []
    monkeypatch.setattr(type(pn.state), "add_periodic_callback", lambda _, act, period: asked.append(act))
    return asked


def test_all_of_a_page_looks_in_one_beat_until_nobody_holds_it(beats: list[Callable[[], None]]) -> None:
    """What was taken off the page is let go; the rest goes on."""
    document, first, second = Document(), Looker(), Looker()
    with set_curdoc(document):
        each_second(first.look)
        each_second(second.look)
    (beat,) = beats
    beat()
    assert (first.looks, second.looks) == (1, 1)
    gone = ref(second)
    del second
    gc.collect()
    beat()
    assert first.looks == 2
    assert gone() is None


def test_each_page_has_its_own(beats: list[Callable[[], None]]) -> None:
    """One person's page does not look for another's."""
    documents, lookers = (Document(), Document()), (Looker(), Looker())
    for document, looker in zip(documents, lookers, strict=True):
        with set_curdoc(document):
            each_second(looker.look)
    assert len(beats) == 2
    beats[1]()
    assert [looker.looks for looker in lookers] == [0, 1]
