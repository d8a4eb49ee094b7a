"""Tests of merging films."""
