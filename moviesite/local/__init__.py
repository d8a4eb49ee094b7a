"""The one-command run: a private PostgreSQL and Valkey, and one supervisor over web, workers, beat."""
