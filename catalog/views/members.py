"""Public profiles of members."""

from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.models import Movie, MovieList, Rating, Sharing
from catalog.models.rating import RatingQuerySet
from catalog.queries.films_by_key import name_locally
from catalog.queries.marks import marked_movies
from catalog.queries.members import Standing, profiles_for, standing_of
from catalog.queries.shared_taste import ENOUGH, shared_taste
from catalog.rendering.histogram import Histogram

from .lists import first_films

FILMS = 12  # favourites, and as many rated last
FAVOURITE_HALF_STARS = 8
LISTS = 6
LOVED = 3


@require_safe
@never_cache
def member(request: HttpRequest, username: str) -> HttpResponse:
    """404 for whoever is not there and for whoever does not want to be seen alike."""
    shown = get_object_or_404(profiles_for(request.user), username=username)
    ratings = Rating.objects.filter(user_id=shown.pk)
    counts = dict(ratings.order_by().values_list("half_stars").annotate(films=Count("pk")))
    total = sum(counts.values())
    best = ratings.filter(half_stars__gte=FAVOURITE_HALF_STARS)
    lists = list(MovieList.objects.published().filter(user_id=shown.pk).with_sizes()[:LISTS])
    covers = first_films([films.pk for films in lists])
    standing, shared = Standing.SELF, None
    if request.user.pk is not None and request.user.pk != shown.pk:
        standing = standing_of(request.user.pk, shown.pk)
        shared = shared_taste(request.user.pk, shown.pk)
    loved = Movie.objects.visible().in_bulk(shared.loved[:LOVED]) if shared else {}
    return render(
        request,
        "catalog/member.html",
        {
            "member": shown,
            "sharing": Sharing.of(shown),
            "standing": standing.value if request.user.pk is not None else "",
            "histogram": Histogram.of(counts),
            "mean": sum(half * n for half, n in counts.items()) / total / 2 if total else None,
            "favourites": _first(request, best.order_by("-half_stars", "-rated_at", "-pk")),
            "recent": _first(request, ratings.order_by("-rated_at", "-pk")),
            "lists": [(films, covers.get(films.pk, [])) for films in lists],
            "shared": shared,
            "loved": [loved[key] for key in shared.loved[:LOVED] if key in loved] if shared else [],
            "enough": ENOUGH,
        },
    )


def _first(request: HttpRequest, ratings: RatingQuerySet) -> list[Rating]:
    """With what the reader thinks of the films as well."""
    movies = marked_movies(request.user)
    ratings = ratings.filter(movie__hidden=False)
    found = list(ratings.prefetch_related(Prefetch("movie", movies))[:FILMS])
    name_locally([rating.movie for rating in found])
    return found
