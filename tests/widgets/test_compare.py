"""Two real runs that differ in a cell, two parameters and the data that came of one."""

from __future__ import annotations

import pytest

from workbench.errors import UnknownNameError, UsageError
from workbench.widgets import Compare


def test_the_text_says_what_was_changed_and_what_came_of_it(shop: tuple[str, str]) -> None:
    text = Compare(*shop).text()
    changed, _, came = text.partition("What came of it:")
    assert "make: parameter rows: 200 → 300" in changed
    assert "fit: parameter rate: 0.05 → 0.25" in changed
    assert "- pass" in changed
    assert "+ changed = True" in changed
    assert "auc 0.55 → 0.75 (+0.2)" in came
    assert "200 → 300 rows" in came


def test_what_differs_stands_before_the_rest_which_is_folded(shop: tuple[str, str]) -> None:
    page = "".join(part.value for part in Compare(*shop).build().children if hasattr(part, "value"))
    parameters = page[page.index("Parameters") :]
    assert parameters.index("make.rows") < parameters.index("<details>") < parameters.index("fit.kind")
    assert "+ changed = True" in page


def test_figures_are_read_when_they_are_chosen(shop: tuple[str, str]) -> None:
    view = Compare(*shop).build()
    chosen, shown = view.children[-1].children[1:]
    assert shown.value == ""
    chosen.value = "fit/dot"
    assert shown.value.count("data:image/png;base64,") == 2


def test_a_run_with_itself_or_with_none_is_refused(shop: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="Both are run"):
        Compare(shop[1], "last")
    with pytest.raises(UnknownNameError):
        Compare(shop[0], "20991231-000000-ffff")
    with pytest.raises(UsageError, match="got none"):
        Compare()
