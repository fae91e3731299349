"""What pages are made of. Each takes text and shows it as text."""

from workbench.dashboards.app.components.choices import (
    MultiChoice,
    Pagination,
    RadioButtonGroup,
    Select,
    Tabs,
)
from workbench.dashboards.app.components.confirm import Action
from workbench.dashboards.app.components.control import Control, at_once, begin
from workbench.dashboards.app.components.drawing import Drawing, put
from workbench.dashboards.app.components.entries import Button, Checkbox, DatePicker, IntSlider, TextInput
from workbench.dashboards.app.components.exports import export_button, to_csv, zoned
from workbench.dashboards.app.components.figures import figure, legend_above, shown
from workbench.dashboards.app.components.flow import Flow, abreast
from workbench.dashboards.app.components.links import link
from workbench.dashboards.app.components.live import Live
from workbench.dashboards.app.components.markup import block, html, joined
from workbench.dashboards.app.components.moments import ago, moment, moment_text, viewer_zone
from workbench.dashboards.app.components.numbers import NOTHING, duration, number, percent, short, size
from workbench.dashboards.app.components.states import empty_state, error_state
from workbench.dashboards.app.components.status import Status, chip, of_outcome, of_verdict
from workbench.dashboards.app.components.tabbed import tabbed
from workbench.dashboards.app.components.tables import Column, Table, table
from workbench.dashboards.app.components.texts import code, crumbs, facts, heading, paragraph

__all__ = [
    "NOTHING",
    "Action",
    "Button",
    "Checkbox",
    "Column",
    "Control",
    "DatePicker",
    "Drawing",
    "Flow",
    "IntSlider",
    "Live",
    "MultiChoice",
    "Pagination",
    "RadioButtonGroup",
    "Select",
    "Status",
    "Table",
    "Tabs",
    "TextInput",
    "abreast",
    "ago",
    "at_once",
    "begin",
    "block",
    "chip",
    "code",
    "crumbs",
    "duration",
    "empty_state",
    "error_state",
    "export_button",
    "facts",
    "figure",
    "heading",
    "html",
    "joined",
    "legend_above",
    "link",
    "moment",
    "moment_text",
    "number",
    "of_outcome",
    "of_verdict",
    "paragraph",
    "percent",
    "put",
    "short",
    "shown",
    "size",
    "tabbed",
    "table",
    "to_csv",
    "viewer_zone",
    "zoned",
]
