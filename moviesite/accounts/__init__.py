"""Accounts: sign-up, names, API tokens, export and deletion (`export`, `deletion`)."""
