"""What `workbench.toml` says of alerts and channels."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from tests.project.declared import GOOD, refused
from workbench.monitoring.finding import KINDS
from workbench.project import load_project
from workbench.project.automation import CheckKind

RULE = '[alerts.drift]\nmodel = "flight-delay"\non = ["drift"]\n'
MAIL = '[channels.mail]\nurl = "mailto://duty:secret:MAIL@example.org"\n'
PLAIN = '[channels.plain]\nurl = "mailto://127.0.0.1:25?from=a@example.org"\n'
WRONG = [  # TOML, the key, part of the message, part of the hint
    (RULE.replace("flight-delay", "flight-dely"), "alerts.drift.model", "no model named", "'flight-delay'"),
    (RULE.replace('["drift"]', '["drfit"]'), "alerts.drift.on[0]", "'label_drift'", "'drift'"),
    (RULE.replace('["drift"]', "[]"), "alerts.drift.on", "not empty", "Correct"),
    (f'{RULE}channels = ["mial"]\n{MAIL}', "alerts.drift.channels", "no channel named 'mial'", "'mail'"),
    (f'{RULE}channels = ["mail"]', "alerts.drift.channels", "no channel named", "no channels yet"),
    (f'{RULE}severity = "critcal"', "alerts.drift.severity", "'critical'", "Did you mean 'critical'?"),
    (f"{RULE}window = 2", "alerts.drift.window", "unknown key", "'windows'"),
    (f"{RULE}windows = 0", "alerts.drift.windows", "at least 1", "Correct"),
    (f"{RULE}cooldown = 3", "alerts.drift.cooldown", "duration as text", "Correct"),
    (MAIL.replace("secret:MAIL", "hunter2"), "channels.mail.url", "a password stands in it", "secret:NAME"),
    (
        MAIL.replace("duty:secret:MAIL@example.org", "example.org?user=duty&pass=hunter2"),
        "channels.mail.url",
        "a password stands in it",
        "secret:NAME",
    ),
    (MAIL.replace("mailto://duty:secret:MAIL@", ""), "channels.mail.url", "this is none", "Apprise"),
    (f'{MAIL}least = "all"', "channels.mail.least", "'info'", "possible values"),
    ("[channels.mail]", "channels.mail.url", "is missing", "Add url"),
]


@pytest.mark.parametrize(("toml", "key", "message", "hint"), WRONG)
def test_what_cannot_be_is_named(folder: Path, toml: str, key: str, message: str, hint: str) -> None:
    """One clear error each, with the nearest name, and without the password."""
    error = refused(folder, f"{GOOD}\n{toml}")
    assert error.key == key
    assert message in error.message
    assert hint in error.hint
    assert "hunter2" not in str(error)


def test_alerts_and_channels_are_read(folder: Path) -> None:
    """Secrets stand by reference, in a part of an address or for the whole of it."""
    rule = f'{RULE}windows = 2\ncooldown = "3d"\nchannels = ["mail"]\n'
    toml = f'{rule}{MAIL}[channels.chat]\nurl = "secret:CHAT"\n{PLAIN}'
    (folder / "workbench.toml").write_text(f"{GOOD}\n{toml}", encoding="utf-8")
    config = load_project(folder).config
    read = config.alerts["drift"]
    assert (read.name, read.windows, read.cooldown, read.severity) == (
        "drift",
        2,
        timedelta(days=3),
        "warning",
    )
    assert config.channels["chat"].url == "secret:CHAT"


def test_rules_know_every_kind_of_check() -> None:
    """What monitoring may find and what a rule may be about are the same words."""
    assert get_args(CheckKind) == KINDS
