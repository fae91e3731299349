"""What is read and written is found, and paths lead to the same files from the new place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adopt.messy import adopted, code

HERE = "report.ipynb"  # in the project's own folder, from which `data/orders.csv` is right


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pd.read_csv('data/orders.csv', sep=',')", "pd.read_csv('../data/orders.csv', sep=',')"),
        (
            'pd.read_csv(filepath_or_buffer="data/orders.csv")',
            'pd.read_csv(filepath_or_buffer="../data/orders.csv")',
        ),
        ("pl.scan_csv('data/orders.csv')", "pl.scan_csv('../data/orders.csv')"),
        ("open('data/orders.csv').read()", "open('../data/orders.csv').read()"),
        ("Path('data/orders.csv').read_text()", "Path('../data/orders.csv').read_text()"),
        ("(Path('data') / 'orders.csv').open()", "(Path('../data') / 'orders.csv').open()"),
        (
            "np.loadtxt(os.path.join('data', 'orders.csv'))",
            "np.loadtxt(os.path.join('../data', 'orders.csv'))",
        ),
        ("pd.read_csv('data/' + 'orders.csv')", "pd.read_csv('../data/' + 'orders.csv')"),
        ("pd.read_csv(r'data\\orders.csv')", "pd.read_csv('../data/orders.csv')"),
        ("pd.read_csv('/home/ada/shop/data/orders.csv')", "pd.read_csv('../data/orders.csv')"),
        ("pd.read_csv('C:\\\\Users\\\\ada\\\\data\\\\orders.csv')", "pd.read_csv('../data/orders.csv')"),
        ("pd.read_csv('~/shop/data/orders.csv')", "pd.read_csv('../data/orders.csv')"),
    ],
)
def test_a_file_in_the_project_counts_and_its_path_is_mended(root: Path, before: str, after: str) -> None:
    """However the path is put together; nothing else of the line changes."""
    imports = "import os\nfrom pathlib import Path\nimport numpy as np, pandas as pd, polars as pl\n"
    proposal = adopted(root, f"{imports}x = {before}  # keep me", at=HERE)
    assert proposal.files == ("data/orders.csv",)
    assert code(proposal) == [f"{imports}x = {after}  # keep me"]
    assert not proposal.blocking


def test_a_path_in_a_setting_is_mended_there(root: Path) -> None:
    """The parameter holds the new path, and f-strings over it need no change."""
    proposal = adopted(root, "DATA = 'data'\nx = open(f'{DATA}/orders.csv')", at=HERE)
    assert [setting.line for setting in proposal.settings] == ["DATA: str = '../data'"]
    assert proposal.files == ("data/orders.csv",)
    assert code(proposal) == ["x = open(f'{DATA}/orders.csv')"]


def test_names_made_at_run_time_make_their_folder_count(root: Path) -> None:
    """A pattern, a loop, a placeholder: the folder they are in."""
    cells = [
        "import glob\nfiles = [open(p) for p in glob.glob('data/*.csv')]",
        "days = [open(f'data/{day}.csv') for day in ['orders']]",
        "days = [open('data/%s.csv' % day) for day in ['orders']]",
    ]
    for number, source in enumerate(cells):
        proposal = adopted(root, source, at=f"n{number}.ipynb")
        assert proposal.files == ("data",)
        assert code(proposal) == [source.replace("data/", "../data/")]


@pytest.mark.parametrize(
    ("write", "name", "rewritten"),
    [
        (
            "df.to_csv('out/clean.csv', index=False)",
            "clean",
            'df.to_csv(stage.folder / "clean.csv", index=False)',
        ),
        ("plt.savefig(fname='fig 1.png')", "fig_1", 'plt.savefig(fname=stage.folder / "fig 1.png")'),
        ("np.save('/tmp/x.npy', [1])", "x", 'np.save(stage.folder / "x.npy", [1])'),
        ("joblib.dump([1], 'm.joblib')", "m", 'joblib.dump([1], stage.folder / "m.joblib")'),
        ("open('a.txt', mode='w').write('a')", "a", "open(stage.folder / \"a.txt\", mode='w').write('a')"),
        ("Path('a.txt').write_text('a')", "a", "(stage.folder / \"a.txt\").write_text('a')"),
        ("pd.ExcelWriter('b.xlsx')", "b", 'pd.ExcelWriter(stage.folder / "b.xlsx")'),
        ("df.to_csv('table.csv')", "table_2", 'df.to_csv(stage.folder / "table.csv")'),
    ],
)
def test_a_file_that_is_written_becomes_an_output(root: Path, write: str, name: str, rewritten: str) -> None:
    """Written into the attempt's own folder, and saved in the end; a name that is taken gets a number."""
    imports = "import joblib, numpy as np, pandas as pd, matplotlib.pyplot as plt\nfrom pathlib import Path\n"
    proposal = adopted(root, f"{imports}df = pd.DataFrame()\n{write}")
    assert [output.name for output in proposal.outputs] == [name]
    assert code(proposal) == [f"{imports}df = pd.DataFrame()\n{rewritten}"]
    file = proposal.outputs[0].file
    assert proposal.adopted["cells"][-1]["source"] == f'stage.save("{name}", stage.folder / "{file}")'


def test_what_was_written_is_read_back_from_where_it_is(root: Path) -> None:
    """An intermediate file is no input."""
    proposal = adopted(root, "OUT = 'o.txt'\nopen(OUT, 'w').write('a')", "x = open(OUT).read()")
    assert (proposal.files, proposal.settings) == ((), ())
    assert code(proposal)[-1] == 'x = open(stage.folder / "o.txt").read()'


def test_a_json_text_is_no_file(root: Path) -> None:
    """`to_json()` without a path returns its text."""
    assert adopted(root, "import pandas as pd\nprint(pd.DataFrame().to_json())").outputs == ()


def test_the_runners_own_files_are_not_written_over(root: Path) -> None:
    """An attempt's folder holds its executed notebook."""
    assert adopted(root, "open('metrics.jsonl', 'w')").outputs[0].file == "own_metrics.jsonl"


def test_a_path_outside_of_the_project_becomes_a_parameter(root: Path, tmp_path: Path) -> None:
    """Found or not; whoever runs it elsewhere gives another."""
    (tmp_path / "prices.csv").write_text("")
    proposal = adopted(root, f"x = open('{tmp_path}/prices.csv')\ny = open('/mnt/share/rates.csv')")
    assert [setting.line for setting in proposal.settings] == [
        f'prices_path: str = "{tmp_path}/prices.csv"',
        'rates_path: str = "/mnt/share/rates.csv"',
    ]
    assert code(proposal) == ["x = open(prices_path)\ny = open(rates_path)"]
    assert {f.kind for f in proposal.findings if f.cell} == {"absolute-path", "input"}


def test_a_folder_of_another_machine_is_known_by_a_file_in_it(root: Path) -> None:
    """So what is not there yet is put beside it."""
    proposal = adopted(
        root,
        "import os\nos.makedirs('/home/ada/shop/charts', exist_ok=True)",
        "x = open('/home/ada/shop/data/orders.csv')",
    )
    assert "os.makedirs('../charts', exist_ok=True)" in code(proposal)[0]


def test_a_database_that_is_only_read_counts_as_a_file(root: Path) -> None:
    """One that is written to does not: it would always have changed."""
    (root / "data/shop.db").write_bytes(b"")
    opened = "import sqlite3, pandas as pd\ncon = sqlite3.connect('data/shop.db')\n"
    reads = adopted(root, f"{opened}x = pd.read_sql('select * from orders', con)", at="a.ipynb")
    assert reads.files == ("data/shop.db",)
    writes = adopted(root, f"{opened}pd.DataFrame().to_sql('copy', con)", at="b.ipynb")
    assert writes.files == ()
    assert ["`copy`" in f.text for f in writes.findings if f.kind == "output"] == [True]
    url = "import sqlalchemy\nengine = sqlalchemy.create_engine('sqlite:///data/shop.db')"
    assert code(adopted(root, url, at="c.ipynb")) == [url.replace("///data", "///../data")]


def test_another_stages_file_is_its_input(root: Path) -> None:
    """A notebook that reads what an adopted one saves is put behind it."""
    from workbench.adopt import write

    write(adopted(root, "open('clean.csv', 'w').write('a')", at="clean_up.ipynb"))
    proposal = adopted(root, "import pandas as pd\nx = pd.read_csv('../out/clean.csv')", at="use.ipynb")
    assert proposal.inputs == ("clean",)
    assert code(proposal)[0].endswith('pd.read_csv(stage.load("clean"))')
    assert 'stages = ["clean_up", "use"]' in proposal.declared


@pytest.mark.parametrize("url", ["https://example.org/a.csv", "s3://bucket/a.parquet"])
def test_a_url_stays_and_is_said_to_go_unnoticed(root: Path, url: str) -> None:
    """A declared source would count."""
    proposal = adopted(root, f"import pandas as pd\nx = pd.read_csv('{url}')")
    assert url in code(proposal)[0]
    assert ["[sources]" in f.todo for f in proposal.findings if f.kind == "input"] == [True]


def test_paths_below_a_change_of_folder_are_left_alone(root: Path) -> None:
    """Where they lead is not known any more."""
    proposal = adopted(root, "import os\nos.chdir('data')", "x = open('orders.csv')", at=HERE)
    assert code(proposal)[1] == "x = open('orders.csv')"


def test_a_file_that_is_not_there_is_said_to_be_missing(root: Path) -> None:
    """Before the run fails for it."""
    proposal = adopted(root, "x = open('data/gone.csv')", at=HERE)
    assert [
        "data/gone.csv, which is not there" in f.text for f in proposal.findings if f.kind == "input"
    ] == [True]


def test_modules_beside_the_notebook_are_found_again(root: Path, tmp_path: Path) -> None:
    """Inside of the project by its folder; from outside they must be copied first."""
    (root / "analysis").mkdir()
    (root / "analysis/helper.py").write_text("")
    proposal = adopted(root, "import helper")
    assert 'sys.path.insert(0, "../analysis")' in proposal.adopted["cells"][2]["source"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other/helper.py").write_text("")
    assert [f.kind for f in adopted(root, "import helper", at="../other/b.ipynb").blocking] == ["module"]
