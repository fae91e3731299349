"""The HTML around a page: panel-material-ui's own, with what every page needs before anything else runs."""

from __future__ import annotations

from functools import cache

from jinja2 import Template
from panel_material_ui.base import BASE_TEMPLATE

_HEAD_END = "{% endblock inner_head %}"
_BEFORE = """
<script>
  document.cookie = "workbench_zone=" + encodeURIComponent(
    Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC") + "; path=/; SameSite=Lax; max-age=31536000"
</script>
"""


@cache
def template() -> Template:
    """Return the template; its script tells the server the viewer's zone from the second page on."""
    environment = BASE_TEMPLATE.environment
    source, _, _ = environment.loader.get_source(environment, "base.html")
    return environment.from_string(source.replace(_HEAD_END, _BEFORE + _HEAD_END))
