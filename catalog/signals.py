"""Signals that the catalog sends."""

from django.dispatch import Signal

# Sent after the commit that changed ratings; argument: user_id, or None for a bulk import.
ratings_changed = Signal()

# Sent inside the transaction that changes films by statements of its own, of which Django's
# signals of models say nothing.
films_changed = Signal()
