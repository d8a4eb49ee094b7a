"""Log lines as JSON, without secrets."""
