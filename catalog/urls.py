"""Addresses of the catalog."""

from django.urls import path

from .views import actions, browse, movie, preferences, yours

app_name = "catalog"
urlpatterns = [
    path("movies/", browse.browse, name="browse"),
    path("movies/<int:pk>-<slug:slug>/", movie.movie_page, name="movie"),
    path("movies/<int:pk>/actions/", actions.film_actions, name="actions"),
    path("movies/<int:pk>/rate/", actions.rate_movie, name="rate"),
    path("movies/<int:pk>/watchlist/", actions.keep_movie, name="keep"),
    path("movies/<int:pk>/hide/", actions.hide_movie, name="hide"),
    path("search/", browse.suggest, name="suggest"),
    path("ratings/", yours.ratings, name="ratings"),
    path("watchlist/", yours.watchlist, name="watchlist"),
    path("hidden/", yours.hidden, name="hidden"),
    path("preferences/theme/", preferences.theme, name="theme"),
]
