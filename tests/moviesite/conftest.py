"""The recommender's small world, for what the site says about it."""

from tests.recommender.conftest import artifacts, fresh_process, plain_static, world

__all__ = ["artifacts", "fresh_process", "plain_static", "world"]
