"""What the service counts: cells in shared files, so that a killed worker's counts are not lost."""
