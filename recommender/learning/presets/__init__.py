"""The two models that the site trains, with exactly its settings: `explicit` and `sequence`."""

from recommender.learning.presets.make import explicit, sequence

__all__ = ["explicit", "sequence"]
