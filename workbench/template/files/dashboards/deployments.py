"""What serves and how it does; versions, decisions, and what is approved, changed or rolled back."""

from workbench.dashboards.app.page import Page
from workbench.dashboards.views import deployments

page = Page(
    "deployments",
    "Deployments",
    deployments.page,
    icon="deployments",
    order=4,
    frames={"card": deployments.card},
)
