"""A site with films, models, and a member who has something of everything."""

from tests.recommender.conftest import artifacts, fresh_process, plain_static, world

__all__ = ["artifacts", "fresh_process", "plain_static", "world"]
