"""Secrets travel by name and show their value nowhere."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tests.parameters.cells import declared
from workbench.errors import ParameterError
from workbench.parameters import Secret

VALUE = "hunter2"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in whose notebooks' folder the session runs."""
    (tmp_path / "workbench.toml").touch()
    (tmp_path / ".workbench").mkdir()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.delenv("TOKEN", raising=False)
    return tmp_path


def _written(project: Path, text: str, mode: int = 0o600) -> None:
    file = project / ".workbench" / "secrets.toml"
    file.write_text(text)
    file.chmod(mode)


def test_a_secret_is_looked_up_in_three_places_in_order(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own variable, the plain variable, the project's file; an empty variable counts as not set."""
    _written(project, 'TOKEN = "from file"')
    assert Secret("TOKEN").reveal() == "from file"
    monkeypatch.setenv("TOKEN", "plain")
    assert Secret("TOKEN").reveal() == "plain"
    monkeypatch.setenv("WORKBENCH_SECRET_TOKEN", "own")
    assert Secret("TOKEN").reveal() == "own"
    monkeypatch.setenv("WORKBENCH_SECRET_TOKEN", "")
    monkeypatch.setenv("TOKEN", "")
    assert Secret("TOKEN").reveal() == "from file"


def test_the_projects_folder_can_be_named(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a session that runs elsewhere."""
    _written(project, 'TOKEN = "x"')
    monkeypatch.chdir("/")
    assert Secret("TOKEN").reveal(project) == "x"
    with pytest.raises(ParameterError, match="not set"):
        Secret("TOKEN").reveal()


def test_a_secret_that_is_not_set_says_how_to_set_it(project: Path) -> None:
    """By variable or by file."""
    for _ in range(2):
        with pytest.raises(ParameterError, match="The secret 'TOKEN' is not set") as caught:
            Secret("TOKEN").reveal()
        assert "WORKBENCH_SECRET_TOKEN" in caught.value.hint
        assert "secrets.toml" in caught.value.hint
        _written(project, 'OTHER = "x"')


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_file_that_others_may_read_is_refused(project: Path, mode: int) -> None:
    """With the command that mends it."""
    _written(project, f'TOKEN = "{VALUE}"', mode)
    with pytest.raises(ParameterError, match="Others may read") as caught:
        Secret("TOKEN").reveal()
    assert caught.value.hint.startswith("Make it yours alone: chmod 600 ")


@pytest.mark.parametrize(
    ("text", "message"), [(f"TOKEN = {VALUE}", "not valid TOML"), ("TOKEN = 5", "not a text")]
)
def test_a_damaged_file_is_refused_without_quoting_it(project: Path, text: str, message: str) -> None:
    """No message shows a secret."""
    _written(project, text)
    with pytest.raises(ParameterError, match=message) as caught:
        Secret("TOKEN").reveal()
    assert VALUE not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("name", ["", "a-b", "1a", "a b", "secret:A", "é"])
def test_a_name_that_may_be_the_secret_itself_is_refused_unseen(name: str) -> None:
    """Whoever writes the value in its place does not find it in a log."""
    with pytest.raises(ValueError, match="not the secret itself") as caught:
        Secret(name)
    assert not name or f"'{name}'" not in str(caught.value)


def test_a_secret_is_a_value_like_any_other() -> None:
    """Equal by name, hashable, unchangeable, and it survives pickling."""
    secret = Secret("TOKEN")
    assert (repr(secret), str(secret)) == ("Secret('TOKEN')", "secret:TOKEN")
    assert pickle.loads(pickle.dumps(secret)) == secret
    assert len({secret, Secret("TOKEN"), Secret("OTHER")}) == 2
    with pytest.raises(AttributeError, match="cannot be changed"):
        secret.name = "OTHER"


def test_a_revealed_value_does_not_show_itself_as_a_cells_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the text itself for whoever uses it."""
    monkeypatch.setenv("TOKEN", VALUE)
    revealed = Secret("TOKEN").reveal()
    assert revealed == VALUE
    assert f"{revealed}" == VALUE
    assert repr(revealed) == "Secret('TOKEN').reveal()"
    assert VALUE not in repr([revealed])
    copy = pickle.loads(pickle.dumps(revealed))
    assert (copy, repr(copy)) == (VALUE, repr(revealed))


@pytest.mark.parametrize(
    ("annotation", "wrapped"), [("str", False), ("list[str]", True), ("list", True), ("Secret", False)]
)
def test_a_revealed_value_turns_into_its_reference_again(
    annotation: str, wrapped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a session's own variable can be checked and recorded without recording the secret."""
    monkeypatch.setenv("TOKEN", VALUE)
    signature = declared(f"x: {annotation}")
    revealed = Secret("TOKEN").reveal()
    values = signature.validate({"x": [revealed] if wrapped else revealed}, where="test")
    assert signature.canonical(values) == {"x": ["secret:TOKEN"] if wrapped else "secret:TOKEN"}
    assert signature.canonical({"x": revealed}) == {"x": "secret:TOKEN"}
    assert VALUE not in signature.render(values)


def test_a_text_parameter_given_a_reference_gets_the_value_in_the_kernel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The source holds the reference; running it looks the value up."""
    monkeypatch.setenv("TOKEN", VALUE)
    signature = declared("x: str\ny: list[str]")
    source = signature.render({"x": "secret:TOKEN", "y": ["a", "secret:TOKEN"]})
    assert VALUE not in source
    namespace: dict[str, object] = {}
    exec(source, namespace)
    assert (namespace["x"], namespace["y"]) == (VALUE, ["a", VALUE])
