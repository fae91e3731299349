"""Every model at a glance: what serves, how it is, what waits for somebody."""

from workbench.dashboards.app.page import Page
from workbench.dashboards.views import overview

page = Page("overview", "Overview", overview.page, icon="overview", order=1)
