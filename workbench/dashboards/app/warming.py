"""What is done once while nobody waits: slow imports, files made small, old objects set aside."""

from __future__ import annotations

import gc
import importlib
import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bokeh.settings import settings
from panel.io.resources import BUNDLE_DIR, DIST_DIR

from workbench.dashboards.app.delivery import shrink

if TYPE_CHECKING:
    from workbench.insight import Store

_SLOW = ("scipy.stats", "sklearn.ensemble", "nbdime.diffing.notebooks", "deltalake", "lightgbm")
_SCRIPTS = ("bokeh", "bokeh-widgets", "bokeh-tables")
_log = logging.getLogger("workbench.dashboards")


def warm(store: Store) -> threading.Thread:
    """Do it in a thread, which is returned; nothing depends on its end."""
    thread = threading.Thread(target=_warm, args=(store,), name="dashboards warming", daemon=True)
    thread.start()
    return thread


def _warm(store: Store) -> None:
    for file in (
        *(Path(settings.bokehjs_path()) / "js" / f"{name}.min.js" for name in _SCRIPTS),
        Path(DIST_DIR) / "panel.min.js",
        *Path(BUNDLE_DIR).glob("reactiveesm/**/*.min.js"),
    ):
        if file.is_file():
            shrink(file)
    while store.seen is None and store.trouble is None:  # two who work make each other slow
        time.sleep(0.2)
    for name in _SLOW:
        try:
            importlib.import_module(name)
        except ImportError as error:
            _log.info("%s is not here: %s", name, error)
    gc.collect()
    gc.freeze()  # what is there by now stays; looking through it again and again would stop every viewer
