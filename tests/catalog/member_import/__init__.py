"""Imports of members, from their files to undoing them."""
