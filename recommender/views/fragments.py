"""Parts of a film's page that the browser loads by themselves: similar films, the prediction.

The catalog's template only names their addresses, so that the catalog does not import this app.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.predictions import guesses_for
from catalog.queries.film import open_film
from catalog.queries.films_by_key import card_movies
from recommender.pages.prediction import prediction_card
from recommender.pages.saved_filters import filters_for
from recommender.pages.similar import similar_to

SIMILAR = 12


@require_safe
@never_cache
def similar(request: HttpRequest, pk: int) -> HttpResponse:
    """``cards``: films like this one, each with its predicted stars or None."""
    movie = open_film(pk, request.user)
    filters, user_id = filters_for(request), request.user.pk
    keys = similar_to(movie.pk, SIMILAR, filters, user_id, without_series=True).scores
    movies = card_movies(keys, request.user)
    cards = guesses_for([movies[key] for key in keys if key in movies], request.user)
    return render(request, "recommender/_similar.html", {"movie": movie, "cards": cards})


@require_safe
@never_cache
def prediction(request: HttpRequest, pk: int) -> HttpResponse:
    """``card`` of the film for a member with ratings: predicted stars and why; else None."""
    movie = open_film(pk, request.user)
    card = prediction_card(request.user.pk, movie.pk) if request.user.pk else None
    return render(request, "recommender/_prediction.html", {"movie": movie, "card": card})
