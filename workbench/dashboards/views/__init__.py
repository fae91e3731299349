"""One module for each page: layout only, of what `workbench.insight` returns."""
