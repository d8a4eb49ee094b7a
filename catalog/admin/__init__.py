"""The catalog behind /admin/, usable with tens of thousands of movies and millions of ratings."""

from . import (
    dataset_jobs,
    datasets,
    facets,
    imports,
    links,
    media_servers,
    merges,
    moderation,
    movies,
    people,
    personal,
    ratings,
    tmdb,
)

__all__ = [
    "dataset_jobs",
    "datasets",
    "facets",
    "imports",
    "links",
    "media_servers",
    "merges",
    "moderation",
    "movies",
    "people",
    "personal",
    "ratings",
    "tmdb",
]
