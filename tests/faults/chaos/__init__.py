"""Faults in random order under writers with a ledger: ``python -m tests.faults.chaos``."""
