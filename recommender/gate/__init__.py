"""Whether a candidate may go live: `compare` asks it and the live version the same questions."""

from recommender.gate.compare import compare

__all__ = ["compare"]
