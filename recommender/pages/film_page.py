"""What the recommender adds to the page of a film: the prediction, and films like it."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from catalog.models import Movie
from catalog.predictions import guesses_for
from catalog.queries.films_by_key import card_movies
from recommender.pages.prediction import prediction_card
from recommender.pages.saved_filters import filters_for
from recommender.pages.similar import similar_to

SIMILAR = 12


def draw_similar(request: HttpRequest, movie: Movie) -> SafeString:
    """``cards``: films like this one, each with its predicted stars or None."""
    filters, user_id = filters_for(request), request.user.pk
    keys = similar_to(movie.pk, SIMILAR, filters, user_id, without_series=True).scores
    movies = card_movies(keys, request.user)
    cards = guesses_for([movies[key] for key in keys if key in movies], request.user)
    context = {"movie": movie, "cards": cards}
    return render_to_string("recommender/_similar.html", context, request)


def draw_prediction(request: HttpRequest, movie: Movie) -> SafeString:
    """``card`` of the film for a member with ratings: predicted stars and why; else None."""
    card = prediction_card(request.user.pk, movie.pk) if request.user.pk else None
    context = {"movie": movie, "card": card}
    return render_to_string("recommender/_prediction.html", context, request)
