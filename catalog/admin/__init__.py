"""The catalog behind /admin/, usable with tens of thousands of movies and millions of ratings."""

from . import datasets, facets, imports, links, merges, movies, personal, ratings

__all__ = ["datasets", "facets", "imports", "links", "merges", "movies", "personal", "ratings"]
