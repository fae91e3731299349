"""What is asked and answered, window after window, against what each model was trained on."""

from workbench.dashboards.app.page import Page
from workbench.dashboards.views import drift

page = Page("drift", "Drift", drift.page, icon="drift", order=3, frames={"report": drift.report})
