"""Addresses of the catalog."""

from django.urls import path

from .views import (
    actions,
    browse,
    bulk,
    diary,
    list_films,
    lists,
    movie,
    preferences,
    undo,
    watchlist,
    yours,
)

app_name = "catalog"
urlpatterns = [
    path("movies/", browse.browse, name="browse"),
    path("movies/<int:pk>-<slug:slug>/", movie.movie_page, name="movie"),
    path("movies/<int:pk>/actions/", actions.film_actions, name="actions"),
    path("movies/<int:pk>/rate/", actions.rate_movie, name="rate"),
    path("movies/<int:pk>/watchlist/", actions.keep_movie, name="keep"),
    path("movies/<int:pk>/hide/", actions.hide_movie, name="hide"),
    path("search/", browse.suggest, name="suggest"),
    path("movies/<int:pk>/lists/", list_films.lists_of_film, name="film-lists"),
    path("movies/<int:pk>/diary/", diary.log, name="log"),
    path("ratings/", yours.ratings, name="ratings"),
    path("ratings/change/", bulk.change_ratings, name="change-ratings"),
    path("diary/", diary.diary, name="diary"),
    path("diary/<int:pk>/", diary.edit, name="diary-edit"),
    path("diary/<int:pk>/delete/", diary.delete, name="diary-delete"),
    path("lists/", lists.mine, name="lists"),
    path("lists/new/", lists.new_list, name="list-new"),
    path("lists/<int:pk>-<slug:slug>/", lists.one_list, name="list"),
    path("lists/<int:pk>/edit/", lists.edit_list, name="list-edit"),
    path("lists/<int:pk>/delete/", lists.delete_list, name="list-delete"),
    path("lists/<int:pk>/films/", list_films.add_film, name="list-add"),
    path("lists/<int:pk>/films/<int:movie_pk>/remove/", list_films.remove_film, name="list-remove"),
    path("lists/<int:pk>/films/<int:movie_pk>/move/", list_films.move, name="list-move"),
    path("lists/<int:pk>/films/<int:movie_pk>/note/", list_films.note, name="list-note"),
    path("undo/", undo.undo_step, name="undo"),
    path("watchlist/", watchlist.watchlist, name="watchlist"),
    path("hidden/", yours.hidden, name="hidden"),
    path("preferences/theme/", preferences.theme, name="theme"),
]
