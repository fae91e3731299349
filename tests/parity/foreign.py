"""Notebooks as people write them, with no thought of a workbench, and the files that they read."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from tests.projects import cell, write_notebook

SHOP = (
    cell("# Sales of the shop\nWhat was sold, by day and by item.", kind="markdown"),
    "import pandas as pd\nimport matplotlib.pyplot as plt\n%matplotlib inline",
    "sales = pd.read_csv('data/sales.csv', parse_dates=['day'])\nsales.head()",
    "by_item = sales.groupby('item')['price'].agg(['sum', 'count']).sort_values('sum')\nby_item",
    "fig, ax = plt.subplots()\nby_item['sum'].plot.barh(ax=ax)\nax.set_xlabel('sold')",
    "weekly = sales.set_index('day').resample('W')['price'].sum()\n"
    "weekly.to_csv('weekly.csv')\nprint(len(weekly), 'weeks')",
)
MODEL = (
    "import time\nimport numpy as np\nimport pandas as pd\n"
    "from sklearn.linear_model import LogisticRegression",
    "from sklearn.model_selection import train_test_split\nSEED = 42\nrng = np.random.default_rng(SEED)",
    "sales = pd.read_csv('data/sales.csv')\n"
    "sales['late'] = (sales['price'] + rng.normal(0, 3, len(sales))) > 12",
    "began = time.time()\nX_train, X_test, y_train, y_test = train_test_split(\n"
    "    sales[['price', 'number']], sales['late'], test_size=0.3, random_state=SEED)",
    "model = LogisticRegression().fit(X_train, y_train)\nscore = model.score(X_test, y_test)\n"
    "print(f'accuracy {score:.3f}, took {time.time() - began:.2f} s')",
    "pd.DataFrame({'p': model.predict_proba(X_test)[:, 1]}).to_csv('scores.csv', index=False)",
)
PLAIN = (
    cell("# Words", kind="markdown"),
    "from collections import Counter\nfrom pathlib import Path\n\nHERE = Path('.')",
    "def words(path):\n    with open(path) as file:\n        return file.read().split()",
    "%%time\ncounts = Counter(words(HERE / 'data' / 'notes.txt'))",
    "top = counts.most_common(3)\nfor word, number in top:\n    print(word, number)",
    "try:\n    import not_installed_anywhere\nexcept ImportError:\n    not_installed_anywhere = None",
)
FRAMES = (
    "import polars as pl\nimport random\nrandom.seed(3)",
    "sales = pl.read_csv('data/sales.csv')",
    "some = sales.sample(20, seed=7)\n"
    "totals = some.group_by('item', maintain_order=True).agg(pl.col('price').sum())\ntotals",
    "order = list(range(5))\nrandom.shuffle(order)\nprint(order)",
    "totals.write_parquet('totals.parquet')",
)
CLEAN: dict[str, tuple[str | dict[str, object], ...]] = {
    "shop": SHOP,
    "model": MODEL,
    "plain": PLAIN,
    "frames": FRAMES,
}


def write_foreign(
    folder: Path,
    name: str,
    cells: Sequence[str | dict[str, object]],
    counts: Sequence[int | None] = (),
) -> Path:
    """Write a notebook beside the files that it reads, and return its path."""
    made = [each if isinstance(each, dict) else cell(each) for each in cells]
    code = [each for each in made if each["cell_type"] == "code"]
    for each, count in zip(code, counts, strict=False):
        each["execution_count"] = count
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / f"{name}.ipynb"
    write_notebook(
        path, {"cells": made, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 4}
    )
    write_data(folder / "data")
    return path


def write_data(folder: Path) -> None:
    """Write a table of sales and a text."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "sales.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["day", "item", "price", "number"])
        for number in range(200):
            day = f"2024-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
            rows.writerow([day, "abc"[number % 3], round(12 + 5 * math.sin(number), 2), number % 7])
    (folder / "notes.txt").write_text("to be or not to be that is the question to be\n")
