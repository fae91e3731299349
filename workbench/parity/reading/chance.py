"""Calls that draw random numbers without a seed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.parameters.names import qualified
from workbench.parity.fault import Fault, Kind
from workbench.parity.subject import Subject

_SAFE = {
    *(f"numpy.random.{name}" for name in ("seed", "set_state", "get_state", "Generator", "SeedSequence")),
    *(f"random.{name}" for name in ("seed", "setstate", "getstate")),
}
_SEEDING = {"numpy.random.seed", "random.seed", "torch.manual_seed", "tensorflow.random.set_seed"}
_MAKERS = {
    *(
        f"numpy.random.{name}"
        for name in ("default_rng", "RandomState", "PCG64", "MT19937", "Philox", "SFC64")
    ),
    "random.Random",
}
_ALWAYS = {
    *("uuid.uuid4", "uuid.uuid1", "os.urandom", "random.SystemRandom"),
    *(f"secrets.{name}" for name in ("choice", "randbelow", "randbits", "token_bytes", "token_hex")),
}
_STATES = ("random_state", "seed", "random_seed")
_TAKING = {
    *("train_test_split", "KMeans", "MiniBatchKMeans", "MLPClassifier", "MLPRegressor", "TSNE", "UMAP"),
    *("RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier", "ExtraTreesRegressor"),
    *("GradientBoostingClassifier", "GradientBoostingRegressor", "BaggingClassifier", "BaggingRegressor"),
    *("ShuffleSplit", "StratifiedShuffleSplit", "GroupShuffleSplit", "RandomizedSearchCV", "GaussianMixture"),
    *(
        "make_classification",
        "make_regression",
        "make_blobs",
        "make_moons",
        "make_circles",
        "IsolationForest",
    ),
    *("permutation_importance", "SGDClassifier", "SGDRegressor", "RandomUnderSampler"),
    *("TPESampler", "RandomSampler", "CmaEsSampler", "SMOTE"),
}
_OF_ROWS = {
    "n",
    "frac",
    "fraction",
    "replace",
    "with_replacement",
    "weights",
    "axis",
    "ignore_index",
    "shuffle",
}
_FUNCTIONS = {"shuffle", "resample"}
_SPLITS = {"KFold", "StratifiedKFold"}
_TODO = "Give it a seed: np.random.default_rng(stage.seed), or random_state=stage.seed."
_TODO_FREE = "Give it a seed: np.random.default_rng(1), or random_state=1."


def unpinned(subject: Subject) -> Iterator[Fault]:
    """Yield calls that draw without a seed; whether that matters a run tells."""
    todo = _TODO if subject.config else _TODO_FREE
    seeded: set[str] = set()
    for cell in subject.messy.code:
        calls = [node for node in ast.walk(cell.tree) if isinstance(node, ast.Call)] if cell.tree else []
        for call in sorted(calls, key=lambda each: (each.lineno, each.col_offset)):
            full = qualified(call.func, subject.messy.bound) or ""
            if full in _SEEDING and (call.args or call.keywords):
                seeded.add(full.rpartition(".")[0])
            elif _draws(call, full, seeded):
                text = f"`{_short(call)}` draws without a seed"
                yield Fault(Kind.SEED, cell.number, text, todo, call.lineno)


def _draws(call: ast.Call, full: str, seeded: set[str]) -> bool:
    if full in _ALWAYS:
        return True
    if full in _MAKERS:
        return not (call.args or call.keywords) or _is_none(call.args[0] if call.args else None)
    module = full.rpartition(".")[0]
    if module in ("numpy.random", "random"):
        return full not in _SAFE and module not in seeded
    return "numpy.random" not in seeded and not _has_state(call) and _takes_state(call, full)


def _takes_state(call: ast.Call, full: str) -> bool:
    """Return whether a call draws unless it is given a `random_state`."""
    last = call.func.attr if isinstance(call.func, ast.Attribute) else full.rpartition(".")[2]
    if last in _FUNCTIONS:
        return full.startswith("sklearn.")
    if last == "sample":
        return isinstance(call.func, ast.Attribute) and _of_rows(call)
    return last in _TAKING or (last in _SPLITS and _is_true(_keyword(call, "shuffle")))


def _of_rows(call: ast.Call) -> bool:
    """Return whether `x.sample(…)` looks like one of rows: by what it is told besides a number."""
    plain = len(call.args) <= 1 and all(isinstance(each, ast.Constant | ast.Name) for each in call.args)
    return plain and {keyword.arg for keyword in call.keywords} <= _OF_ROWS


def _has_state(call: ast.Call) -> bool:
    found = next((k.value for k in call.keywords if k.arg in _STATES), None)
    spread = any(keyword.arg is None for keyword in call.keywords)  # **parameters may hold it
    return spread or (found is not None and not _is_none(found))


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _short(call: ast.Call) -> str:
    return f"{ast.unparse(call.func)}({'…' if call.args or call.keywords else ''})"
