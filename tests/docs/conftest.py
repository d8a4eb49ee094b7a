"""A site with films and models, for what the pages ask of one."""

from tests.recommender.conftest import artifacts, fresh_process, world

__all__ = ["artifacts", "fresh_process", "world"]
