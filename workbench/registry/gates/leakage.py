"""Too good to be true: features that know what nobody could have known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from annotated_types import Ge, Gt, Le
from pydantic import Field

from workbench.registry.gate import Finding, Rule, Scored, Unmeasurable
from workbench.registry.metric import check_numbers
from workbench.registry.perturbation import is_number
from workbench.registry.suspicion import alone, separation
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_SHUFFLED = 500  # rows that importance is had from


class Leakage(Rule):
    """`leakage = { max_auc = 0.9, max_share = 0.9, max_importance = 0.5, outcome = ["landed_at"] }`.

    It fails when a feature is too good to be true: when it alone puts the truths in order better than
    `max_auc`, or nearly as well as the whole model; when the model goes by hardly anything else; when it is
    one of the columns that are known only with the outcome, or says the same as one of them. A suspicion
    is not a proof: a feature that was looked at and found innocent is named in `allowed`.

    Attributes:
        max_auc: the best that a feature may do alone: the area under the ROC curve; for several classes the
            mean of one against the rest; for values that of the upper half against the lower.
        max_share: the largest part of the model's own advantage over chance that one feature may have.
        max_importance: the largest share that one feature may have in how far the scores move when
            features are shuffled one by one.
        outcome: columns that are known only with the outcome, the target among them.
        allowed: features that were looked at.
        rows: how many rows, drawn with a fixed seed, are looked at.
    """

    needs: ClassVar[tuple[str, ...]] = ("frame", "candidate")

    max_auc: Annotated[float, Gt(0.5), Le(1)] = 0.95
    max_share: Annotated[float, Gt(0)] = 0.95
    max_importance: Annotated[float, Gt(0), Le(1)] = 0.8
    outcome: Annotated[tuple[str, ...], Field(strict=False)] = ()
    allowed: Annotated[tuple[str, ...], Field(strict=False)] = ()
    rows: Annotated[int, Ge(100)] = 20_000

    def judge(self, scored: Scored) -> Finding:
        """Return pass when no feature is too good to be true."""
        import numpy as np

        check_numbers(scored.task, scored.y, scored.score)
        if scored.frame is None or scored.candidate is None:
            raise Unmeasurable("no frame or no candidate was given, so no feature can be looked at")
        features = scored.candidate.features(scored.frame)
        if not features:
            raise Unmeasurable("none of the columns that the candidate reads is in the frame")
        drawn = np.random.default_rng(0).permutation(scored.rows)[: self.rows]
        y, rows = scored.y[drawn], scored.frame.iloc[drawn]
        model = separation(scored.task, y, scored.score[drawn])
        if model <= 0.5:
            raise Unmeasurable("the model is no better than chance on these rows, so nothing can be near it")
        importance = scored.candidate.importance(rows.head(_SHUFFLED).reset_index(drop=True))
        table = [
            {
                "feature": name,
                "auc": (found := alone(scored.task, y, rows[name])),
                "share": (found - 0.5) / (model - 0.5),
                "importance": importance[name],
                "why": "",
            }
            for name in features
        ]
        for row in table:
            row["why"] = "; ".join(self._why(row, rows))
        return self._finding(table, model, len(drawn))

    def _why(self, row: Mapping[str, Any], rows: pd.DataFrame) -> list[str]:
        name, found = row["feature"], []
        if name in self.allowed:
            return []
        if name in self.outcome:
            found.append("it is known only with the outcome")
        found += [
            f"it says the same as {other}"
            for other in self.outcome
            if other != name and other in rows and _same(rows[name], rows[other])
        ]
        if row["auc"] > self.max_auc:
            found.append(f"auc alone {row['auc']:.4f}, at most {self.max_auc:g}")
        if row["share"] > self.max_share:
            found.append(f"{row['share']:.0%} of the model's advantage, at most {self.max_share:.0%}")
        if row["importance"] > self.max_importance:
            found.append(f"{row['importance']:.0%} of the importance, at most {self.max_importance:.0%}")
        return found

    def _finding(self, table: list[dict[str, Any]], model: float, rows: int) -> Finding:
        table.sort(key=lambda row: (not row["why"], -row["auc"], row["feature"]))
        suspects = [row for row in table if row["why"]]
        best = max(table, key=lambda row: row["auc"])
        heaviest = max(table, key=lambda row: row["importance"])
        evidence = {
            "model": model,
            "best": {key: best[key] for key in ("feature", "auc", "share")},
            "heaviest": {key: heaviest[key] for key in ("feature", "importance")},
            "suspects": [{key: row[key] for key in ("feature", "why")} for row in suspects[:10]],
            "features": len(table),
            "rows": rows,
        }
        if suspects:
            said = "; ".join(f"{row['feature']}: {row['why']}" for row in suspects[:3])
            more = f"; {len(suspects) - 3} more" if len(suspects) > 3 else ""
            return Finding(Verdict.FAIL, f"suspicious is {said}{more}", evidence, table)
        told = (
            f"best of {len(table)} features alone is {best['feature']} with auc {best['auc']:.4f}, "
            f"{best['share']:.0%} of the model's advantage; heaviest is {heaviest['feature']} "
            f"with {heaviest['importance']:.0%} of the importance"
        )
        return Finding(Verdict.PASS, told, evidence, table)


def _same(feature: pd.Series, outcome: pd.Series) -> bool:
    """Return whether two columns say the same: equal names, or numbers and times in the same order."""
    import numpy as np

    ours, theirs = _ranks(feature), _ranks(outcome)
    there = np.isfinite(ours) & np.isfinite(theirs)
    if there.sum() < 100 or np.ptp(ours[there]) == 0 or np.ptp(theirs[there]) == 0:
        return False
    return bool(abs(np.corrcoef(ours[there], theirs[there])[0, 1]) > 0.99)


def _ranks(column: pd.Series) -> NDArray[np.float64]:
    import numpy as np
    import pandas as pd

    if not (is_number(column) or pd.api.types.is_datetime64_any_dtype(column)):
        column = pd.Series(pd.factorize(column.astype(object))[0], index=column.index).where(column.notna())
    return np.asarray(column.rank().to_numpy("float64", na_value=np.nan))
