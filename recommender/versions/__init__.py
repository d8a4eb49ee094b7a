"""The model registry: artifacts on storage, `publish` and roll back, `load` to serve."""

from recommender.versions.load import load
from recommender.versions.publish import publish

__all__ = ["load", "publish"]
