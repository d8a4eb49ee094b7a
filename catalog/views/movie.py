"""The page of a film."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalog.models import DiaryEntry, Movie, Rating
from catalog.predictions import guesses_for
from catalog.queries.film import find_film, may_edit_films
from catalog.queries.films_by_key import name_locally
from catalog.queries.given_stars import stars_given
from catalog.queries.lists import lists_with
from catalog.queries.local_details import local_details
from catalog.queries.marks import with_marks
from catalog.queries.members import ratings_of_friends
from catalog.queries.people import credits_of
from catalog.rendering.country_names import country_name, country_of
from catalog.rendering.histogram import Histogram
from catalog.rendering.language_names import language_name

SERIES_SHOWN = 12
VIEWINGS_SHOWN = 12
FRIENDS_SHOWN = 24
KEYWORDS_SHOWN = 15


@require_safe
def movie_page(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """Everything known about a film. Its number alone leads here, as does the address of one that
    was renamed or merged.

    A hidden film is gone, but for editors.
    """
    movies = with_marks(
        Movie.objects.select_related("link", "collection").prefetch_related(
            "genres", "companies", "countries", "spoken_languages"
        ),
        request.user,
    )
    movie = find_film(pk, movies)
    is_editor = may_edit_films(request.user)
    if movie.hidden and not is_editor:
        return render(request, "catalog/withdrawn.html", status=410)
    if movie.pk != pk:
        return redirect(movie)  # not for good: a merge can be undone
    if slug != movie.slug:
        return redirect(movie, permanent=True)
    series: list[Movie] = []
    if movie.collection:
        siblings = movie.collection.movies.visible().exclude(pk=movie.pk).prefetch_related("genres")
        series = list(
            with_marks(siblings, request.user).order_by("year", "release_date", "pk")[:SERIES_SHOWN]
        )
    name_locally(series)
    viewings: list[DiaryEntry] = []
    of_friends: list[Rating] = []
    if request.user.pk is not None:
        of_friends = list(ratings_of_friends(request.user.pk, movie)[:FRIENDS_SHOWN])
        viewings = list(DiaryEntry.objects.of_film(request.user.pk, movie)[:VIEWINGS_SHOWN])
    country = country_of(request)
    local = local_details(movie, language=get_language() or "en", country=country)
    movie.local_title = local.title  # for the cover
    spoken = {language.code: language.name for language in movie.spoken_languages.all()}
    return render(
        request,
        "catalog/movie.html",
        {
            "movie": movie,
            "people": credits_of(movie),
            "local": local,
            "country": country,
            "country_name": country_name(country),
            "countries": [country_name(one.code, one.name) for one in movie.countries.all()],
            "spoken": [language_name(code, spoken) for code in spoken],
            "keywords": list(movie.keywords.all()[:KEYWORDS_SHOWN]),
            "is_editor": is_editor,
            "histogram": Histogram.of(stars_given(movie)),
            "series": guesses_for(series, request.user),
            "viewings": viewings,
            "of_friends": of_friends,
            "on_lists": lists_with(movie, request.user),
            "original_language": language_name(movie.original_language, spoken),
        },
    )
