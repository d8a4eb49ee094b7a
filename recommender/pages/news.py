"""New since the last visit: what friends rated and listed, films added, rows that appeared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Friendship, Movie, MovieList, Rating
from catalog.models.sharing import shares
from catalog.queries.films_by_key import name_locally
from catalog.rendering.film_cards import stars_in_words
from recommender.models import HomeVisit, ModelVersion, VersionStatus
from recommender.pages.home import Row

PAUSE = timedelta(hours=2)  # after which somebody who comes back is on a new visit
WRITTEN_AGAIN_AFTER = timedelta(minutes=10)
RATINGS_SHOWN, LISTS_SHOWN, FILMS_NAMED = 4, 2, 2


@dataclass(frozen=True)
class Item:
    """One line; ``glyph`` is an icon."""

    glyph: str
    text: str
    href: str


@dataclass(frozen=True)
class News:
    """``items`` of what happened since ``since``, and the keys of rows that were not there then."""

    since: datetime
    items: list[Item]
    new_rows: frozenset[str]


def news_for(user: AbstractBaseUser, rows: Sequence[Row]) -> News | None:
    """What is new, and the visit is remembered; None on the first visit, or where nothing is."""
    keys = [row.key[:40] for row in rows]
    visit = _visit(user.pk, keys, timezone.now())
    if visit.before is None:
        return None
    appeared = [row for row in rows if row.key not in visit.rows_before]
    items = [
        *_ratings(user.pk, visit.before),
        *_lists(user.pk, visit.before),
        *_films(visit.before),
        *_rows(appeared, visit.before),
    ]
    if not items:
        return None
    return News(visit.before, items, frozenset(row.key for row in appeared))


def _visit(user_id: int, keys: list[str], now: datetime) -> HomeVisit:
    visit, made = HomeVisit.objects.get_or_create(
        user_id=user_id, defaults={"latest": now, "rows_latest": keys}
    )
    if made:
        return visit
    away = now - visit.latest
    if away > PAUSE:
        visit.before, visit.rows_before = visit.latest, visit.rows_latest
    if away > WRITTEN_AGAIN_AFTER:
        visit.latest, visit.rows_latest = now, keys
        visit.save()
    return visit


def _ratings(user_id: int, since: datetime) -> list[Item]:
    """Of friends who show theirs, the highest; what an import brought is no news."""
    found = (
        Rating.objects.filter(
            shares("shares_ratings", user="user"),
            user_id__in=Friendship.objects.friends_of(user_id),
            user__is_active=True,
            rated_at__gt=since,
            movie__hidden=False,
        )
        .annotate(who=F("user__username"))
        .select_related("movie")
        .order_by("-half_stars", "-rated_at")[:RATINGS_SHOWN]
    )
    ratings = list(found)
    name_locally([rating.movie for rating in ratings])
    return [
        Item(
            "star",
            _("%(who)s gave %(film)s %(rating)s")
            % {
                "who": rating.who,
                "film": rating.movie.shown_title,
                "rating": stars_in_words(rating.half_stars),
            },
            rating.movie.get_absolute_url(),
        )
        for rating in ratings
    ]


def _lists(user_id: int, since: datetime) -> list[Item]:
    lists = (
        MovieList.objects.published()
        .filter(
            user_id__in=Friendship.objects.friends_of(user_id),
            user__is_active=True,
            updated_at__gt=since,
        )
        .select_related("user")
        .order_by("-updated_at")[:LISTS_SHOWN]
    )
    return [
        Item(
            "list",
            _("%(who)s changed the list “%(title)s”")
            % {"who": films.user.get_username(), "title": films.title},
            films.get_absolute_url(),
        )
        for films in lists
    ]


def _films(since: datetime) -> list[Item]:
    added = Movie.objects.visible().filter(created_at__gt=since)
    named = list(added.order_by("-popularity", "pk")[:FILMS_NAMED])
    if not named:
        return []
    name_locally(named)
    titles = ", ".join(movie.shown_title for movie in named)
    count = added.count()
    text = ngettext(
        "%(titles)s was added", "%(n)d films were added, %(titles)s among them", count
    ) % {"titles": titles, "n": count}
    href = named[0].get_absolute_url() if count == 1 else reverse("catalog:browse") + "?sort=new"
    return [Item("plus", text, href)]


def _rows(appeared: Sequence[Row], since: datetime) -> list[Item]:
    """Only where a model has learned since: a rating of one's own changes rows, too."""
    if not appeared:
        return []
    learned = ModelVersion.objects.filter(status=VersionStatus.LIVE, published_at__gt=since)
    if not learned.exists():
        return []
    return [
        Item(
            "next", _("The models have learned: “%(row)s”") % {"row": row.title}, f"#row-{row.key}"
        )
        for row in appeared[:1]
    ]
