"""A model's card: what a version was trained on, is good at, is bad for, and who approved it."""

from workbench.registry.card.document import Document
from workbench.registry.card.markdown import as_markdown
from workbench.registry.card.page import as_page
from workbench.registry.card.write import model_card

__all__ = ["Document", "as_markdown", "as_page", "model_card"]
