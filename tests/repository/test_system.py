"""What `make test` says when the machine lacks what the tests start for real."""

from __future__ import annotations

import pytest

from tests import system

ABSENT = system.Need("Chromium", "chromium", lambda: None)


def test_what_is_missing_and_cannot_be_installed_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the program and the package, and the tests do not begin."""
    monkeypatch.setattr(system, "NEEDS", (ABSENT,))
    monkeypatch.setattr(system, "install_prefix", lambda: None)
    assert system.main() == 1
    assert "apt-get install chromium" in capsys.readouterr().err


def test_what_is_still_missing_after_installing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that did not help is not taken for one that did."""
    asked: list[list[str]] = []
    monkeypatch.setattr(system, "NEEDS", (ABSENT,))
    monkeypatch.setattr(system, "install_prefix", list)
    monkeypatch.setattr(system, "install", lambda packages, _: asked.append(packages))
    assert system.main() == 1
    assert asked == [["chromium"]]


def test_this_machine_has_what_the_tests_need() -> None:
    """The folder found for PostgreSQL holds a server that is recent enough."""
    assert all(need.find() for need in system.NEEDS)
