"""What the catalog tells others, without knowing them."""

from django.dispatch import Signal

# Sent after the commit that changed ratings; argument: user_id, or None for a bulk import.
ratings_changed = Signal()
