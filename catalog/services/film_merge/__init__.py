"""Merging two films that are one: `rules` says what becomes of each table, `undo` takes it back."""

from .merge import MergeError, merge_films, say_distinct
from .undo import forget_old_merges, undo_merge

__all__ = ["MergeError", "forget_old_merges", "merge_films", "say_distinct", "undo_merge"]
