"""The models of these tests are tiny: one thread is fastest."""

from tests.recommender.learning.conftest import one_thread

__all__ = ["one_thread"]
