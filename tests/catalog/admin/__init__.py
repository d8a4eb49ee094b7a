"""Tests of the catalog behind /admin/."""
