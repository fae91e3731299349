from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from workbench.clock import ManualClock
from workbench.errors import UnknownNameError, UsageError
from workbench.ledger import Ledger, open_ledger
from workbench.serving.refused import Refused
from workbench.serving.tokens import Tokens, create_token, read_tokens, revoke_token
from workbench.serving.tokens.secret import is_secret


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(place: Path, clock: ManualClock) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{place}", clock)
    yield opened
    opened.close()


@pytest.fixture
def tokens(ledger: Ledger, clock: ManualClock) -> Tokens:
    return Tokens(ledger, clock)


def refused(call: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value


def until_refused(tokens: Tokens, text: str, *, seconds: float) -> Refused:
    """Ask until the token is turned away, for so long at most."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            tokens.verify(text, "predict", None)
        except Refused as error:
            return error
    raise AssertionError(f"let in for {seconds} s after it was revoked")


def test_a_token_is_good_for_what_it_was_made_for(ledger: Ledger, tokens: Tokens) -> None:
    """The caller's name comes back; other scopes and models are 403 with a sentence."""
    token, text = create_token(ledger, "booking", ["feedback", "predict"], models=["delay"])
    assert text.startswith(f"wb_{token.id}_")
    caller = tokens.verify(text, "predict", "delay")
    assert (caller.name, caller.scopes, caller.models) == ("booking", ("predict", "feedback"), ("delay",))
    scope = refused(lambda: tokens.verify(text, "explain", "delay"))
    assert (scope.status, scope.code) == (403, "wrong_scope")
    assert "is good for predict, feedback, and this needs explain" in scope.message
    model = refused(lambda: tokens.verify(text, "predict", "price"))
    assert (model.status, model.code) == (403, "wrong_model")
    assert tokens.verify(text, "predict", None).name == "booking"


def test_an_admin_may_everything(ledger: Ledger, tokens: Tokens) -> None:
    """Without naming each scope and model."""
    _, text = create_token(ledger, "ops", ["admin"])
    assert {tokens.verify(text, s, "any").name for s in ("predict", "metrics", "admin")} == {"ops"}


@pytest.mark.parametrize(
    "text",
    ["", "hello", "wb_", "wb__x", "wb_abc_", "Bearer wb_a_b", "wb_000000000000_x", "ü" * 300, "\udce9"],
)
def test_what_is_no_token_is_told_so(ledger: Ledger, tokens: Tokens, text: str) -> None:
    """401, whatever was sent."""
    create_token(ledger, "booking", ["predict"])
    error = refused(lambda: tokens.verify(text, "predict", None))
    assert (error.status, error.code) == (401, "token_unknown")


def test_a_wrong_secret_is_checked_once(
    ledger: Ledger, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So is a right one: the slow hash is asked once for each text, whoever sends it again."""
    token, text = create_token(ledger, "booking", ["predict"])
    asked: list[str] = []

    def counted(secret: str, kept: str) -> bool:
        asked.append(secret)
        return is_secret(secret, kept)

    monkeypatch.setattr("workbench.serving.tokens.verify.is_secret", counted)
    for _ in range(3):
        assert (
            "not that of token"
            in refused(lambda: tokens.verify(f"wb_{token.id}_guess", "predict", None)).message
        )
        tokens.verify(text, "predict", None)
    assert sorted(asked) == sorted(["guess", text.split("_", 2)[2]])


def test_the_secret_is_kept_nowhere(ledger: Ledger, tokens: Tokens, place: Path) -> None:
    """The ledger holds an argon2id hash; neither it nor the file tells the secret."""
    token, text = create_token(ledger, "booking", ["predict"])
    secret = text.split("_", 2)[2]
    kept = ledger.read("tokens")[0].data
    assert kept["hash"].startswith("$argon2id$")
    assert secret not in json.dumps(kept)
    assert secret.encode() not in place.read_bytes()
    assert "hash" not in token.to_dict()


def test_a_revoked_token_is_turned_away_within_a_second(
    ledger: Ledger, tokens: Tokens, place: Path, clock: ManualClock
) -> None:
    """By another process's ledger, and for ever; the reason stays with it."""
    token, text = create_token(ledger, "booking", ["predict"])
    tokens.verify(text, "predict", None)
    elsewhere = open_ledger(f"sqlite:///{place}", clock)
    revoke_token(elsewhere, token.id, reason="left the company", actor="bob@desk")
    elsewhere.close()
    error = until_refused(tokens, text, seconds=1)
    assert (error.status, error.code) == (401, "token_revoked")
    assert "'booking' was revoked at 2013-01-01 00:00 UTC" in error.message
    again = revoke_token(ledger, token.id, reason="once more")
    assert (again.reason, len(ledger.read("tokens"))) == ("left the company", 2)


def test_a_token_ends_by_project_time(ledger: Ledger, tokens: Tokens, clock: ManualClock) -> None:
    """A second before it is good, then it has expired."""
    _, text = create_token(ledger, "booking", ["predict"], expires=clock.now() + timedelta(days=90))
    clock.advance(timedelta(days=90) - timedelta(seconds=1))
    tokens.verify(text, "predict", None)
    clock.advance(timedelta(seconds=1))
    assert refused(lambda: tokens.verify(text, "predict", None)).code == "token_expired"


def test_a_token_made_this_moment_is_known(ledger: Ledger, clock: ManualClock) -> None:
    """The ledger is asked at once about an id that was never seen."""
    tokens = Tokens(ledger, clock, every=1000)
    create_token(ledger, "first", ["predict"])
    refused(lambda: tokens.verify("wb_1_2", "predict", None))
    _, text = create_token(ledger, "booking", ["predict"])
    assert tokens.verify(text, "predict", None).name == "booking"


def test_a_locked_ledger_keeps_nobody_out_who_was_in(ledger: Ledger, tokens: Tokens, place: Path) -> None:
    """The answer comes in a moment though the ledger does not, and revocations count again afterwards."""
    token, text = create_token(ledger, "booking", ["predict"])
    tokens.verify(text, "predict", None)
    locker = sqlite3.connect(place, isolation_level=None)
    locker.execute("BEGIN EXCLUSIVE")
    try:
        began = time.monotonic()
        until = began + 0.5
        while time.monotonic() < until:
            assert tokens.verify(text, "predict", None).name == "booking"
        assert time.monotonic() - began < 5
    finally:
        locker.execute("ROLLBACK")
        locker.close()
    revoke_token(ledger, token.id)
    assert until_refused(tokens, text, seconds=10).code == "token_revoked"


def test_a_ledger_that_never_answered_is_503(tmp_path: Path, clock: ManualClock) -> None:
    """Nobody can say whether the token is good, and that is not the caller's fault."""
    ledger = open_ledger(f"sqlite:///{tmp_path / 'gone.db'}", clock)
    ledger.close()
    error = refused(lambda: Tokens(ledger, clock).verify("wb_a_b", "predict", None))
    assert (error.status, error.code) == (503, "tokens_unavailable")


def test_callers_in_many_threads_are_told_apart(ledger: Ledger, tokens: Tokens) -> None:
    """First sights at once, then the cached ones."""
    made = dict(create_token(ledger, f"caller-{n}", ["predict"])[::-1] for n in range(6))
    told: list[tuple[str, str]] = []

    def ask(text: str) -> None:
        told.extend((text, tokens.verify(text, "predict", None).name) for _ in range(20))

    threads = [threading.Thread(target=ask, args=(text,)) for text in made for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(told) == {(text, token.caller.name) for text, token in made.items()}
    assert len(told) == 240


def test_tokens_made_at_once_are_all_kept(ledger: Ledger) -> None:
    """Whoever loses the race writes again."""
    threads = [
        threading.Thread(target=create_token, args=(ledger, f"caller-{n}", ["predict"])) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {t.caller.name for t in read_tokens(ledger).values()} == {f"caller-{n}" for n in range(8)}


@pytest.mark.parametrize(
    ("caller", "scopes", "error"),
    [
        ("", ["predict"], UsageError),
        ("two\nlines", ["predict"], UsageError),
        ("x" * 65, ["predict"], UsageError),
        ("booking", [], UsageError),
        ("booking", ["predikt"], UnknownNameError),
    ],
)
def test_a_token_that_would_be_good_for_nothing_is_not_made(
    ledger: Ledger, caller: str, scopes: list[str], error: type[Exception]
) -> None:
    """Wrong words are told before anything is written."""
    with pytest.raises(error):
        create_token(ledger, caller, scopes)
    assert ledger.read("tokens") == []


def test_a_token_that_is_not_there_cannot_be_revoked(ledger: Ledger) -> None:
    """The nearest id is named."""
    token, _ = create_token(ledger, "booking", ["predict"])
    wrong = token.id[:-1] + ("0" if token.id[-1] != "0" else "1")
    with pytest.raises(UnknownNameError, match="Did you mean"):
        revoke_token(ledger, wrong)
