"""Tokens, as a person hands them out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.said import type_in
from tests.registry.models import make_project
from workbench.clock import SystemClock
from workbench.ledger import open_ledger
from workbench.serving.refused import Refused
from workbench.serving.tokens import Tokens


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that declares the model `delay`."""
    return make_project(tmp_path_factory.mktemp("token") / "shop").root


def test_a_token_is_made_shown_once_listed_and_revoked(root: Path) -> None:
    """What is shown lets its holder in, until it is revoked by its id or its whole text."""
    said = type_in(root, "token create booking --scope predict,feedback --model delay --expires 90d")
    assert (said.code, said.err) == (0, "")
    text = next(line.strip() for line in said.out.splitlines() if line.strip().startswith("wb_"))
    ledger = open_ledger(f"sqlite:///{root / '.workbench' / 'ledger.db'}", SystemClock())
    tokens = Tokens(ledger, SystemClock())
    assert tokens.verify(text, "predict", "delay").name == "booking"
    listed = type_in(root, "token list")
    assert text.split("_")[1] in listed.out
    assert "predict, feedback of delay" in listed.out
    assert text not in listed.out
    (document,) = type_in(root, "token list --json").document
    left = datetime.fromisoformat(document["expires"]) - datetime.now(UTC)
    assert timedelta(days=89) < left <= timedelta(days=90)
    assert (document["state"], document["caller"]) == ("good", "booking")
    assert type_in(root, f"token revoke {text} --reason lost").code == 0
    (document,) = type_in(root, "token list --json").document
    assert (document["state"], document["reason"]) == ("revoked", "lost")
    with pytest.raises(Refused, match="was revoked"):
        Tokens(ledger, SystemClock()).verify(text, "predict", "delay")
    ledger.close()


def test_a_token_as_json_tells_its_text(root: Path) -> None:
    """For programs that hand it on."""
    document = type_in(root, "token create nightly --scope metrics --scope explain --json").document
    assert document["text"].startswith(f"wb_{document['token']}_")
    assert (document["scopes"], document["models"], document["expires"]) == (["explain", "metrics"], [], None)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("token create booking", "--scope"),
        ("token create booking --scope predikt", "Did you mean 'predict'?"),
        ("token create booking --scope ,", "no scope was given"),
        ("token create booking --scope predict --model dealy", "Did you mean 'delay'?"),
        ("token create booking --scope predict --expires soon", "Write 90d for ninety days"),
        ("token create booking --scope predict --expires -1d", "above nothing"),
        ("token create booking --scope predict --expires 99999999d", "--expires cannot be"),
        ("token revoke 0123", "no token named '0123'"),
    ],
)
def test_wrong_words_are_told(root: Path, line: str, told: str) -> None:
    """Exit code 2, and what would be right."""
    said = type_in(root, line)
    assert (said.code, told in said.err) == (2, True), said.err
