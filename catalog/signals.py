"""Signals that the catalog sends."""

from django.dispatch import Signal

# Sent after the commit that changed ratings; argument: user_id, or None for a bulk import.
ratings_changed = Signal()

# Sent after the commit that brought films, or ids of films, from TMDB; argument: movie_ids.
films_arrived = Signal()
