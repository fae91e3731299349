"""Small enough: the bytes of a model's files."""

from __future__ import annotations

from typing import ClassVar

from pydantic import field_validator

from workbench.project.size import parse_size
from workbench.registry.gate import Finding, Rule, Scored, Unmeasurable
from workbench.registry.verdict import Verdict


class Size(Rule):
    """`size = { at_most = "20MB" }`.

    Attributes:
        at_most: the most that the model's recorded files may take together, its reference left out.
    """

    needs: ClassVar[tuple[str, ...]] = ("candidate",)

    at_most: str

    @field_validator("at_most")
    @classmethod
    def _is_a_size(cls, text: str) -> str:
        parse_size(text)
        return text

    def judge(self, scored: Scored) -> Finding:
        """Return pass when the files are no larger than the limit."""
        if scored.candidate is None or scored.candidate.size == 0:
            raise Unmeasurable("the candidate's record names no files, so its size is not known")
        size = scored.candidate.size
        fits = size <= parse_size(self.at_most)
        said = f"{size / 1e6:,.2f} MB, must be at most {self.at_most}"
        return Finding(Verdict.PASS if fits else Verdict.FAIL, said, {"bytes": size})
