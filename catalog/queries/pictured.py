"""Whose picture a path is: only what the catalog names is ever fetched."""

import re

from django.db.models import Q

from catalog.models import Collection, Movie, Person

Pictured = Movie | Person | Collection

# As in metadata: folders and a name, nothing that an image server could take for anything else.
PATH = re.compile(r"/[\w .,%+@~()\"'!$&=;:-]+(?:/[\w .,%+@~()\"'!$&=;:-]+)*")
LONGEST_PATH = 200


def pictured_by(path: str) -> Pictured | None:
    """The film, person or collection that names this path, with its slash in front."""
    parts = path.split("/")
    if len(path) > LONGEST_PATH or not PATH.fullmatch(path) or {".", ".."} & set(parts):
        return None
    return (
        Movie.objects.filter(poster_path=path).order_by("pk").only("title", "year").first()
        or Person.objects.filter(profile_path=path).order_by("pk").first()
        or Collection.objects.filter(Q(poster_path=path) | Q(backdrop_path=path))
        .order_by("pk")
        .first()
    )
