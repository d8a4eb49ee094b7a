"""Filters for templates of accounts."""
