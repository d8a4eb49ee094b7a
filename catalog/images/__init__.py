"""Pictures of films, people and collections from the site's own address: `picture_of`.

Fetched once from POSTER_BASE_URL, checked, made small, kept for a while; visitors' browsers talk to
the site alone.
"""

from catalog.images.pictures import picture_of

__all__ = ["picture_of"]
