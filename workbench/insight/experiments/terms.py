"""What people type to find runs: words, and comparisons such as `auc>0.7` or `train.objective=binary`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Any

from workbench.insight.runs import RunSummary

_COMPARISON = re.compile(r"([^<>=!]+)(<=|>=|!=|=|<|>)(.+)", re.DOTALL)
_APART = re.compile(r"(?<=\S)\s*(<=|>=|!=|=|<|>)\s*(?=\S)")
_ORDERS = {"<": lt, "<=": le, ">": gt, ">=": ge}
_FACTS = {
    "run": lambda run: run.id,
    "id": lambda run: run.id,
    "pipeline": lambda run: run.pipeline,
    "outcome": lambda run: run.state,
    "by": lambda run: run.actor,
    "actor": lambda run: run.actor,
    "why": lambda run: run.because,
    "seconds": lambda run: run.seconds,
}


@dataclass(frozen=True)
class Term:
    """One thing that a run must fulfil: a word that it holds, or a comparison.

    Attributes:
        name: of what is compared; empty for a word.
        sign: one of `=`, `!=`, `<`, `<=`, `>`, `>=`; empty for a word.
        value: what it is compared with, or the word.
    """

    name: str
    sign: str
    value: str

    def holds(self, run: RunSummary, said: str) -> bool:
        """Whether a run fulfils it.

        Args:
            run: the run.
            said: everything that it says, in small letters.
        """
        if not self.sign:
            return self.value in said
        values = list(self._values(run))
        if self.sign == "!=":
            return bool(values) and not any(_equal(value, self.value) for value in values)
        if self.sign == "=":
            return any(_equal(value, self.value) for value in values)
        limit = as_number(self.value)
        numbers = (as_number(value) for value in values)
        return limit is not None and any(n is not None and _ORDERS[self.sign](n, limit) for n in numbers)

    def _values(self, run: RunSummary) -> Iterator[Any]:
        if self.name in _FACTS:
            yield _FACTS[self.name](run)
        for values, mark in ((run.metrics, "/"), (run.parameters, ".")):
            for key, value in values.items():
                if key == self.name or key.endswith(mark + self.name):
                    yield value


def read_terms(text: str) -> tuple[Term, ...]:
    """Return what a text asks for; quotes hold words together, blanks around a sign do not part them."""
    text = _APART.sub(r"\1", text)
    try:
        words: Sequence[str] = shlex.split(text)
    except ValueError:  # a quote that is not closed yet
        words = text.split()
    return tuple(map(_term, words))


def as_number(value: Any) -> float | None:
    """Return a value as a number, None where it is none; True and False are none."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _term(word: str) -> Term:
    found = _COMPARISON.fullmatch(word)
    if found is None:
        return Term("", "", word.casefold())
    return Term(found[1].strip(), found[2], found[3].strip())


def _equal(value: Any, text: str) -> bool:
    number, wanted = as_number(value), as_number(text)
    if number is not None and wanted is not None:
        return number == wanted
    return str(value).casefold() == text.casefold()
