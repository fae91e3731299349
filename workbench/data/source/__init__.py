"""Tables that are made elsewhere: files, objects, web addresses and databases, behind one `read`."""

from workbench.data.source.read import read
from workbench.data.source.snapshot import Sources

__all__ = ["Sources", "read"]
