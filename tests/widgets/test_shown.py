"""What every widget is: a text everywhere, a view where a page is, one clear error for a wrong argument."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

import workbench as wb
from workbench.access import Role
from workbench.errors import AccessError, ConfigurationError, UsageError
from workbench.widgets import __all__ as names
from workbench.widgets.parts import Column, bars, block, chip, confirm, histograms, html, line, notice, table
from workbench.widgets.session import session
from workbench.widgets.shown import VIEW, Shown


class _Small(Shown):
    def __init__(self, name: str = "x", *, width: int = 1) -> None:
        super().__init__()
        self.name, self.built = name, 0

    def text(self) -> str:
        return f"small {self.name}"

    def build(self) -> Any:
        self.built += 1
        return block(html("<b>{name}</b>", name=self.name))


def test_importing_the_workbench_imports_no_widgets() -> None:
    code = "import sys, workbench; assert not {'ipywidgets', 'traitlets', 'IPython'} & {*sys.modules}"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_public_name_is_a_widget() -> None:
    for name in names:
        assert issubclass(getattr(wb.widgets, name), Shown), name
    with pytest.raises(AttributeError, match="Rums"):
        wb.widgets.Rums  # noqa: B018


@pytest.mark.parametrize(
    ("call", "message", "hint"),
    [
        (lambda: _Small(nmae="x"), "no argument 'nmae'", "Did you mean 'name'"),  # type: ignore[call-arg]
        (lambda: _Small("x", 1), "too many positional", "It takes: name, width"),  # type: ignore[call-arg]
    ],
)
def test_a_wrong_argument_is_refused_with_the_right_ones(call: Any, message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        call()
    assert hint in refused.value.hint


def test_without_a_page_only_the_text_is_shown() -> None:
    small = _Small()
    assert small._repr_mimebundle_() == {"text/plain": "small x"}
    assert str(small) == "small x"
    assert small.built == 0


def test_on_a_page_the_view_is_made_once_and_closed_with_the_widget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.widgets.shown.has_front_end", lambda: True)
    small, ended = _Small(), []
    small._at_close(lambda: ended.append(True))
    first, second = small._repr_mimebundle_(), small._repr_mimebundle_()
    assert first == second
    assert first["text/plain"] == "small x"
    assert first[VIEW]["model_id"]
    assert small.built == 1
    small.close()
    assert ended == [True]
    assert small._repr_mimebundle_()[VIEW]["model_id"] != first[VIEW]["model_id"]


def test_what_goes_wrong_while_it_is_shown_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    small = _Small()
    monkeypatch.setattr(small, "text", _refuse)
    assert small._repr_mimebundle_() == {"text/plain": "no\ndo this"}


def _refuse() -> str:
    raise UsageError("no", hint="do this")


def test_data_is_text_in_every_part() -> None:
    evil = "<img src=x onerror=alert(1)>"
    parts = [
        html("<p>{evil}</p>", evil=evil),
        chip("pass", evil),
        notice(UsageError(evil, hint=evil)),
        bars([1, 2], label=evil, names=[evil]),
        histograms([1, 2], [2, 1], label=evil, names=[evil]),
        line([1, None, 2], label=evil),
        block(evil).value,
        table([evil], [Column(evil, lambda row: row)])._body.value,
    ]
    for part in parts:
        assert "<img" not in str(part)
        assert "&lt;img" in str(part)


def test_a_table_makes_only_the_page_that_is_shown() -> None:
    asked: list[int] = []

    def value(row: int) -> int:
        asked.append(row)
        return row

    made = table(range(5000), [Column("n", value, is_number=True)])
    assert asked == list(range(20))
    made._pager._next.click()
    assert asked[20:] == list(range(20, 40))
    made.show(range(3))
    assert asked[-3:] == [0, 1, 2]


def test_what_acts_asks_first_and_wants_a_reason() -> None:
    done: list[str] = []

    def act(reason: str) -> str:
        if reason == "bad":
            raise UsageError("not so", hint="otherwise")
        done.append(reason)
        return f"Done: {reason}."

    made = confirm("Promote", lambda: "It will serve.", act)
    button, said, asked = made.children
    reason, (yes, _) = asked.children[0], asked.children[1].children
    button.click()
    assert "It will serve." in said.value
    assert yes.disabled
    yes.click()
    assert done == []
    reason.value = "bad"
    yes.click()
    assert "not so" in said.value
    assert "otherwise" in said.value
    reason.value = "better"
    yes.click()
    yes.click()  # as two quick clicks arrive
    assert done == ["better"]
    assert "Done: better." in said.value
    assert asked.layout.display == "none"


def test_there_is_one_store_for_a_project(shop: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    here = session()
    monkeypatch.chdir(Path("notebooks"))
    assert session().store is here.store
    assert here.person.role is Role.ADMIN
    assert {run.id for run in here.store.runs()} >= {*shop}


def test_outside_of_a_project_the_error_says_where_to_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match="No project found"):
        wb.widgets.Runs()


def test_who_has_no_role_where_roles_are_given_only_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.widgets.shop import write_shop

    root = write_shop(tmp_path / "closed")
    toml = root / "workbench.toml"
    toml.write_text(toml.read_text() + "\n[access.users]\nsomebody-else = 'admin'\n")
    monkeypatch.chdir(root)
    assert session().person.role is Role.VIEWER
    assert "Nothing has run yet" in wb.widgets.Runs().text()
    with pytest.raises(AccessError, match="scientist"):
        wb.widgets.RunPipeline()


def test_markup_is_not_escaped_twice() -> None:
    assert html("<p>{a}</p>", a=Markup("<b>x</b>")) == "<p><b>x</b></p>"
