"""What a model's predictions rest on."""

from workbench.registry.explanation.contributions import Contributions
from workbench.registry.explanation.dependence import Dependence
from workbench.registry.explanation.explain import explain
from workbench.registry.explanation.explanation import Explanation
from workbench.registry.explanation.importance import Importance

__all__ = ["Contributions", "Dependence", "Explanation", "Importance", "explain"]
