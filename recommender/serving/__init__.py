"""One history in, ranked films out: `Recommender`. Nothing here imports torch."""

from recommender.serving.recommender import Recommender

__all__ = ["Recommender"]
