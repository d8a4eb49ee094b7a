"""Public data sets, and made-up ones."""
