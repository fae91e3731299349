"""Every run: found, compared, explained and launched."""

from workbench.dashboards.app.page import Page
from workbench.dashboards.views import experiments

page = Page(
    "experiments",
    "Experiments",
    experiments.page,
    icon="experiments",
    order=2,
    frames={"notebook": experiments.notebook},
)
