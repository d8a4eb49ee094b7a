"""The page of a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from catalog.film_urls import person_slug
from catalog.models import Person
from catalog.predictions import guesses_for
from catalog.queries.films_by_key import card_movies
from catalog.queries.people import filmography


@require_safe
def person_page(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """A person's films in time order. The number alone and an old name lead here too."""
    person = get_object_or_404(Person, pk=pk)
    if slug != person_slug(person.name):
        return redirect(person, permanent=True)
    films = filmography(person)
    movies = card_movies(films.movie_ids, request.user)
    guesses = {movie.pk: guess for movie, guess in guesses_for(movies.values(), request.user)}
    sections = [
        (
            department,
            [
                (movies[role.movie_id], guesses[role.movie_id], role.what)
                for role in roles
                if role.movie_id in movies
            ],
        )
        for department, roles in films.sections
    ]
    yours = [
        stars for movie in movies.values() if (stars := getattr(movie, "your_half_stars", None))
    ]
    return render(
        request,
        "catalog/person.html",
        {
            "person": person,
            "sections": sections,
            "count": len(movies),
            "rated": len(yours),
            "your_mean": sum(yours) / len(yours) / 2 if yours else None,
        },
    )
