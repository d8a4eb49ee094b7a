"""What PostgreSQL knows, as arrays: `take_snapshot` for a training, `history_of` for one member."""

from recommender.data.histories import history_of
from recommender.data.snapshot import take_snapshot

__all__ = ["history_of", "take_snapshot"]
