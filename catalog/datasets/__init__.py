"""Readers of open rating datasets: files in, films and ratings out. No database here."""
