"""The one-command run: private servers, and web, workers and beat under one supervisor."""
