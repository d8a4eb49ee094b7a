"""The life of a training run: when it is due, who claims it, what if it is lost (`sweep`)."""

from recommender.runs.sweep import sweep

__all__ = ["sweep"]
