"""What one training run does, from its snapshot to the gate and publication: `train`."""

from recommender.training.pipeline import train

__all__ = ["train"]
