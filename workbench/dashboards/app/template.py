"""The HTML around a page: panel-material-ui's own, with what the server must know of the viewer's screen."""

from __future__ import annotations

from functools import cache

from jinja2 import Template
from panel_material_ui.base import BASE_TEMPLATE

from workbench.dashboards.app.look import COOKIE

_HEAD = "{% block inner_head %}"
_SCRIPT = """
<script>
  (() => {
    const kept = () => (document.cookie.match(/(?:^|; )NAME=([^;]*)/) || [])[1] || ""
    const keep = look => { document.cookie = "NAME=" + look + "; path=/; SameSite=Lax; max-age=31536000" }
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC"
    const of = dark => encodeURIComponent([zone, innerWidth < 700 ? 1 : 0, dark ? 1 : 0].join(","))
    const before = kept(), chosen = decodeURIComponent(before).split(",")[2]
    const now = of(chosen ? chosen === "1" : matchMedia("(prefers-color-scheme: dark)").matches)
    if (now !== before) {
      keep(now)
      if (kept() === now) { stop(); location.reload(); return }
    }
    const root = document.documentElement
    const observed = () => keep(of(root.classList.contains("dark")))
    addEventListener("load", () => setTimeout(() =>
      new MutationObserver(observed).observe(root, {attributes: true, attributeFilter: ["class"]}), 3000))
  })()
</script>
"""


@cache
def template() -> Template:
    """Return the template.

    Before anything else its script tells the server, by a cookie, the viewer's zone, whether the screen is
    narrow, and whether they like it dark; when the page was made for another look, it is asked for again.
    """
    environment = BASE_TEMPLATE.environment
    source, _, _ = environment.loader.get_source(environment, "base.html")
    made: Template = environment.from_string(source.replace(_HEAD, _HEAD + _SCRIPT.replace("NAME", COOKIE)))
    return made
