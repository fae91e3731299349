"""A dataset's version: what its columns hold, what changed, and that its rows stay where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.widgets.seen import until
from workbench.data.catalog import Catalog
from workbench.errors import IntegrityError, UnknownNameError
from workbench.insight.datasets import profile_dataset
from workbench.widgets import Profile
from workbench.widgets.session import session


def test_the_text_shows_every_column_in_numbers_and_a_small_picture(shop: tuple[str, str]) -> None:
    lines = Profile("table").text().splitlines()
    assert lines[0].startswith("table version 2: 300 rows, 2 columns")
    assert lines[1] == "Columns from all rows:"
    assert lines[3].split()[:2] == ["x", "float64"]
    where = lines[4].split()
    assert where[:6] == ["where", "string", "about", "2", "in", "out"]


def test_the_version_before_is_what_it_is_compared_with(shop: tuple[str, str]) -> None:
    profile = Profile("table", against="previous")
    assert (profile.version, profile.against) == (2, 1)
    text = profile.text()
    assert "rows 200 → 300 (+100)" in text
    assert "no column is spread otherwise" in text


def test_the_page_gets_counts_and_no_rows(shop: tuple[str, str]) -> None:
    profile = Profile("table", 2, against=1)
    view = profile.build()
    page = "".join(part.value for part in (view.children[3], view.children[4].children[0]))
    assert "Counted in all rows" in page
    assert page.count("<svg") == 2
    assert page.count("wb-outline") == 2
    assert len(page) < 20_000
    profile.against = -1
    assert "wb-outline" not in view.children[4].children[0].value


def test_an_unknown_dataset_or_version_is_refused(shop: tuple[str, str]) -> None:
    with pytest.raises(UnknownNameError, match="tabel") as refused:
        Profile("tabel")
    assert "table" in refused.value.hint
    with pytest.raises(UnknownNameError, match="version of dataset 'table' named '7'"):
        Profile("table", 7)


def test_a_large_dataset_is_sampled_first_and_counted_then(
    shop: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.insight.datasets.profile._AT_ONCE", 10)
    monkeypatch.setattr("workbench.insight.datasets.rows.LEAST", 20)
    monkeypatch.setattr("workbench.insight.datasets.rows._VALUES", 100)
    monkeypatch.setattr("workbench.insight.datasets.profile._FORMAT", 999)  # what was kept is no more
    profile = Profile("table", 1)
    first = profile.profile
    assert not first.is_exact
    assert first.basis == "a sample of 50 rows, one of 4"
    assert sum(first.columns[0].counts) == 50
    assert profile.exact().is_exact
    assert sum(profile.profile.columns[0].counts) == 200


def test_leaps_through_a_very_large_one_take_rows_from_all_over_it(
    shop: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.insight.datasets.profile._AT_ONCE", 10)
    monkeypatch.setattr("workbench.insight.datasets.rows._READ_AT_ONCE", 10)
    monkeypatch.setattr("workbench.insight.datasets.rows.LEAST", 50)
    monkeypatch.setattr("workbench.insight.datasets.rows._VALUES", 100)
    monkeypatch.setattr("workbench.insight.datasets.profile._FORMAT", 998)
    found = Profile("table", 2).profile
    assert found.basis == "a sample of 48 rows, from 6 places all over it"
    assert [column.kind for column in found.columns] == ["numbers", "names"]


def test_bytes_that_are_not_those_recorded_are_not_looked_at(
    shop: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.insight.datasets.profile._FORMAT", 997)
    here = session()
    path = next(iter(Path(".workbench/data/table").glob("*.parquet")))
    before, mode = path.read_bytes(), path.stat().st_mode
    whose = [v for v in (1, 2) if path.name in str(Catalog(here.store.ledger).version("table", v)["files"])]
    path.chmod(0o600)
    try:
        path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))  # of the same length
        with pytest.raises(IntegrityError):
            profile_dataset(here.store, here.person, "table", whose[0])
    finally:
        path.write_bytes(before)
        path.chmod(mode)


def test_the_only_versions_are_named_in_full_once_they_are_known(shop: tuple[str, str]) -> None:
    """When and how many rows, though there are just as many as were known before."""
    profile = Profile("table", against=1)
    view = profile.build()
    until(lambda: profile.versions_known is not None)
    version = view.children[2].children[0]
    until(lambda: [label.endswith("rows") for label, _ in version.options] == [True, True])
    assert version.value == 2
    profile.close()
