"""What `workbench.toml` says of the scoring service."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.project.declared import GOOD, refused
from workbench.project import load_project

WRONG = [  # TOML, the key, part of the message
    ("port = 70000", "serving.port", "65535"),
    ("workers = 0", "serving.workers", "1"),
    ('token = "maybe"', "serving.token", "'required'"),
    ("timeout = 5", "serving.timeout", "duration as text"),
    ("worker = 2", "serving.worker", "workers"),
    ('tls_key = "key.pem"', "serving.tls_certificate", "tls_key is given"),
    ('tls_key = "key.pem"\ntls_certificate = "c.pem"', "serving.tls_certificate", "no file 'c.pem'"),
]


def test_a_project_that_says_nothing_of_serving_has_it_all(folder: Path) -> None:
    (folder / "workbench.toml").write_text(GOOD, encoding="utf-8")
    serving = load_project(folder).config.serving
    assert (serving.port, serving.workers, serving.token) == (8080, None, "optional")
    assert serving.timeout == timedelta(seconds=10)


def test_a_model_may_differ(folder: Path) -> None:
    said = '[models.flight-delay.serving]\nunknown_category = "refuse"\nmax_rows = 5\n'
    (folder / "workbench.toml").write_text(GOOD + said, encoding="utf-8")
    found = load_project(folder).model("flight-delay").serving
    assert (found.unknown_category, found.max_rows, found.sensitive) == ("refuse", 5, "hash")


@pytest.mark.parametrize(("text", "key", "part"), WRONG)
def test_what_is_wrong_is_named_with_its_key(folder: Path, text: str, key: str, part: str) -> None:
    error = refused(folder, f"{GOOD}\n[serving]\n{text}\n")
    assert error.key == key
    assert part in str(error)
