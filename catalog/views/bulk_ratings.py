"""Changing several ratings at once."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from catalog.models import Movie, MovieList
from catalog.rendering.film_cards import stars_in_words
from catalog.services.bulk_ratings import rate_again, unrate_all
from catalog.services.lists import ListError, add_films
from catalog.services.ratings import InvalidRatingError, half_stars_of

from .parameters import key_in, keys_in
from .responses import member_id, member_required, refused, told, undo_by

MOST_SELECTED = 200


@require_POST
@member_required
def change_ratings(request: HttpRequest) -> HttpResponse:
    """``movie`` repeats for each selected film; ``do`` is rate (``stars``), list or delete."""
    user_id = member_id(request)
    page = reverse("catalog:ratings")
    movie_ids = keys_in(request.POST.getlist("movie"))
    if not movie_ids:
        return refused(request, _("Select some films first."), page)
    if len(movie_ids) > MOST_SELECTED:
        most = {"most": MOST_SELECTED}
        return refused(request, _("At most %(most)d films can be changed at once.") % most, page)
    match request.POST.get("do"):
        case "rate":
            return _rate(request, user_id, movie_ids, page)
        case "list":
            return _add_to_list(request, user_id, movie_ids, page)
        case "delete":
            before = unrate_all(user_id, movie_ids)
            number = len(before["films"])
            message = ngettext("%(n)d rating was deleted", "%(n)d ratings were deleted", number)
            return told(
                request,
                message % {"n": number},
                otherwise=page,
                undo=undo_by(user_id, "ratings", before),
            )
    return refused(request, _("Choose what to do with the selected films."), page)


def _rate(request: HttpRequest, user_id: int, movie_ids: list[int], page: str) -> HttpResponse:
    try:
        half_stars = half_stars_of(request.POST.get("stars", ""))
    except InvalidRatingError:
        return refused(request, _("A rating is between half a star and five stars."), page)
    before = rate_again(user_id, movie_ids, half_stars)
    number = len(before["films"])
    message = ngettext("%(n)d film now has %(rating)s", "%(n)d films now have %(rating)s", number)
    return told(
        request,
        message % {"n": number, "rating": stars_in_words(half_stars)},
        otherwise=page,
        undo=undo_by(user_id, "ratings", before),
    )


def _add_to_list(
    request: HttpRequest, user_id: int, movie_ids: list[int], page: str
) -> HttpResponse:
    key = key_in(request.POST.get("list", "")) or 0
    films = MovieList.objects.filter(user_id=user_id, pk=key).first()
    if films is None:
        return refused(request, _("Choose one of your lists."), page)
    there = set(Movie.objects.visible().filter(pk__in=movie_ids).values_list("pk", flat=True))
    try:
        new = add_films(films, [key for key in movie_ids if key in there])
    except ListError as error:
        return refused(request, str(error), page)
    number = len(new)
    message = ngettext("%(n)d film added to “%(list)s”", "%(n)d films added to “%(list)s”", number)
    return told(
        request,
        message % {"n": number, "list": films.title},
        otherwise=page,
        undo=undo_by(user_id, "added-to-list", {"list": films.pk, "films": new}) if new else None,
    )
