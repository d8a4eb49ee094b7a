"""Lists of films, as others come upon them."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from catalog.models import Block, Movie, MovieList

LISTS_SHOWN = 8


def lists_with(movie: Movie, reader: AbstractBaseUser | AnonymousUser) -> list[MovieList]:
    """Published lists that have the film, and the reader's own, the latest changed first.

    Those of members who block the reader, or are gone, are left out.
    """
    blocked_by = Block.objects.filter(blocked_id=reader.pk or 0).values("blocker_id")
    return list(
        MovieList.objects.visible_to(reader)
        .filter(entries__movie=movie, user__is_active=True)
        .exclude(user_id__in=blocked_by)
        .with_sizes()
        .select_related("user")
        .order_by("-updated_at", "-pk")[:LISTS_SHOWN]
    )
