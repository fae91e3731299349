"""Versioned tables and other files: saved whole, checked before use, compared by content."""

from workbench.data.artifact import load_artifact, stage_artifact
from workbench.data.catalog import Catalog, DatasetVersionRow
from workbench.data.dataset import Datasets, stage_table
from workbench.data.diff import DatasetDiff, diff_tables
from workbench.data.digest import FileDigest, digest_folder, sha256_file, verify_files
from workbench.data.fingerprint import fingerprint_table
from workbench.data.frame import from_arrow, to_arrow
from workbench.data.profile import ColumnProfile, describe
from workbench.data.record import OutputRecord

__all__ = [
    "Catalog",
    "ColumnProfile",
    "DatasetDiff",
    "DatasetVersionRow",
    "Datasets",
    "FileDigest",
    "OutputRecord",
    "describe",
    "diff_tables",
    "digest_folder",
    "fingerprint_table",
    "from_arrow",
    "load_artifact",
    "sha256_file",
    "stage_artifact",
    "stage_table",
    "to_arrow",
    "verify_files",
]
