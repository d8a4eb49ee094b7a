"""Recommender models on numpy and torch. Knows nothing of Django."""
