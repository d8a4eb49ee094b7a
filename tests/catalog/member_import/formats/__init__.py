"""Tests of the formats of each site."""
