"""`stage.validate` in a real run: quarantine, rejection, and what makes it stale."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from tests.projects import notebook, write_project
from workbench.errors import ConfigurationError, UnknownNameError, UsageError
from workbench.pipeline.outcome import Outcome
from workbench.workspace import Workspace, open_workspace

STAGE = "import workbench as wb\nstage = wb.stage('check')"
CHECK = "clean = stage.validate('orders', stage.load('raw'))\nstage.save('orders', clean)"
CONTRACT = "quarantine_limit = 0.5\n[columns.paid]\nat_least = 0\n"
EXTRA = "[sources.raw]\nuri = 'raw.csv'\n[contracts.orders]\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose one stage holds what it reads to a contract."""
    stages = {
        "check": {
            "notebook": notebook(STAGE, CHECK),
            "inputs": ["raw"],
            "outputs": ["orders", "orders_quarantine"],
            "timeout": "60s",
        }
    }
    made = write_project(tmp_path / "shop", stages, extra=EXTRA)
    (made / "contracts").mkdir()
    (made / "contracts" / "orders.toml").write_text(CONTRACT)
    (made / "raw.csv").write_text("id,paid\n1,2\n2,-3\n")
    return made


def table(workspace: Workspace, name: str) -> list[dict[str, object]]:
    record = workspace.catalog.current(name)
    assert record is not None
    found: list[dict[str, object]] = workspace.datasets.read(record, as_="arrow").to_pylist()
    return found


def test_rows_go_on_or_to_the_quarantine_until_the_limit_refuses_all(root: Path) -> None:
    """A rejected stage commits nothing; what it set aside and the counts are kept as evidence."""
    with open_workspace(root) as workspace:
        assert workspace.run().outcome is Outcome.SUCCEEDED
        assert table(workspace, "orders") == [{"id": 1, "paid": 2}]
        assert table(workspace, "orders_quarantine") == [{"id": 2, "paid": -3, "_rule": "paid >= 0"}]
        (root / "raw.csv").write_text("id,paid\n1,-2\n2,-3\n")
        state = workspace.run()
        assert state.outcome is Outcome.REJECTED
        assert (
            "2 of 2 rows of orders (100.00%) break its contract, and 50.00% may: paid >= 0 (2)"
            in state.reason
        )
        assert table(workspace, "orders") == [{"id": 1, "paid": 2}]
        ended = workspace.ledger.find(kinds=("attempt.ended",), newest_first=True, limit=1)[0]
        folder = root / ".workbench" / "runs" / state.run / "check" / "1"
    assert ended.data["metrics"] == {"orders_quarantined": 2.0, "orders_rows": 2.0}
    assert json.loads((folder / "end.json").read_text())["evidence"]["rules"] == [
        {"rule": "paid >= 0", "rows": 2}
    ]
    assert pl.read_parquet(folder / "outputs" / "orders_quarantine")["_rule"].to_list() == ["paid >= 0"] * 2


def test_a_contract_is_part_of_what_a_stage_depends_on(root: Path) -> None:
    """What it says, not how it is written."""
    file = root / "contracts" / "orders.toml"
    with open_workspace(root) as workspace:
        workspace.run()
        file.write_text("# ours\n" + CONTRACT)
        assert workspace.run().outcome is Outcome.REUSED
        file.write_text(CONTRACT.replace("at_least = 0", "at_least = -5"))
        assert [r.text for r in workspace.why("check").reasons] == ["contract contracts/orders.toml changed"]
        assert workspace.run().outcome is Outcome.SUCCEEDED
        assert len(table(workspace, "orders")) == 2
        assert table(workspace, "orders_quarantine") == []
        file.write_text("[columns.paid]\nat_leest = 0")
        with pytest.raises(ConfigurationError, match="Did you mean 'at_least'"):
            workspace.plan()
        file.unlink()
        with pytest.raises(ConfigurationError, match="workbench data draft orders"):
            workspace.run()


def test_a_person_gets_the_same_kind_of_table_back(root: Path) -> None:
    """A frame of pandas for one of pandas, one of Polars for Polars."""
    with open_workspace(root) as workspace:
        stage = workspace.stage("check")
        clean = stage.validate("orders", stage.load("raw"))
        assert isinstance(clean, pd.DataFrame)
        assert clean["id"].tolist() == [1]
        assert isinstance(stage.validate("orders", stage.load("raw", as_="polars")), pl.DataFrame)


def test_wrong_words_are_refused(root: Path) -> None:
    """A contract that is not declared, a quarantine without an output, a column that is not there."""
    with open_workspace(root) as workspace:
        stage = workspace.stage("check")
        with pytest.raises(UnknownNameError, match=r"no contract named 'order'.*\n.*'orders'"):
            stage.validate("order", pl.DataFrame({"paid": [1]}))
        with pytest.raises(UsageError, match=r"contracts/orders.toml names the column 'paid'.*\n.*'payd'"):
            stage.validate("orders", pl.DataFrame({"payd": [1]}))
    text = (root / "workbench.toml").read_text().replace(', "orders_quarantine"', "")
    (root / "workbench.toml").write_text(text)
    with open_workspace(root) as workspace:
        stage = workspace.stage("check")
        with pytest.raises(UsageError, match=r"Add 'orders_quarantine' to stages.check.outputs"):
            stage.validate("orders", pl.DataFrame({"paid": [1]}))
