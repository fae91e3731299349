"""The process above the workers: follows the ledger, tries versions aside, keeps workers alive."""
