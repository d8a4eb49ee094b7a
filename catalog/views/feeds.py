"""Feeds that a reader or a calendar asks for by an address that only the member knows."""

from datetime import date, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.models import Notice, NoticeChoices, Release, StreamingChoice, WatchlistEntry
from catalog.queries.films_by_key import name_films_among, name_locally
from catalog.rendering.notice_words import address_of, in_words
from catalog.services.member_language import in_language_of

SHOWN = 50
BACK = timedelta(days=30)
MOST_RELEASES = 500
LONGEST_LINE = 73  # bytes; a calendar's line has 75, and goes on after a blank


@require_safe
@never_cache
def notice_feed(request: HttpRequest, key: str) -> HttpResponse:
    """RSS of the kinds that the member chose for it."""
    choices = _of(key)
    with in_language_of(choices.user_id):
        return _notices(request, choices)


def _notices(request: HttpRequest, choices: NoticeChoices) -> HttpResponse:
    site = settings.SITE_NAME
    feed = Rss201rev2Feed(
        title=site,
        link=request.build_absolute_uri(reverse("home")),
        description=_("What %(site)s has to tell you") % {"site": site},
        language=get_language(),
    )
    mine = Notice.objects.filter(user_id=choices.user_id, kind__in=choices.feed)
    notices = list(mine.select_related("movie", "other")[:SHOWN])
    name_films_among(notices)
    for notice in notices:
        address = request.build_absolute_uri(address_of(notice))
        feed.add_item(
            title=in_words(notice),
            link=address,
            description=in_words(notice),
            pubdate=notice.made_at,
            unique_id=f"{address}#{notice.pk}",
            unique_id_is_permalink=False,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


@require_safe
@never_cache
def release_feed(request: HttpRequest, key: str) -> HttpResponse:
    """A calendar of the releases of films on the member's watchlist, in the member's country."""
    choices = _of(key)
    with in_language_of(choices.user_id):
        return _releases(request, choices)


def _releases(request: HttpRequest, choices: NoticeChoices) -> HttpResponse:
    streaming = StreamingChoice.of(choices.user_id)
    country = streaming.country if streaming else settings.MATINEE_COUNTRIES[0]
    releases = (
        Release.objects.filter(
            country=country,
            movie__hidden=False,
            movie__in=WatchlistEntry.objects.filter(user_id=choices.user_id).values("movie_id"),
            released_on__gte=timezone.localdate() - BACK,
        )
        .select_related("movie")
        .order_by("released_on", "pk")[:MOST_RELEASES]
    )
    name_locally([release.movie for release in releases])
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{_escaped(settings.SITE_NAME)}//EN"]
    for release in releases:
        lines += _event(release, request.build_absolute_uri(release.movie.get_absolute_url()))
    text = "\r\n".join([*map(_folded, lines), "END:VCALENDAR", ""])
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


def _of(key: str) -> NoticeChoices:
    choices = NoticeChoices.objects.filter(feed_key=key, user__is_active=True).first()
    if choices is None:
        raise Http404
    return choices


def _event(release: Release, address: str) -> list[str]:
    day = release.released_on
    summary = f"{release.movie.shown_title} ({release.get_kind_display()})"
    return [
        "BEGIN:VEVENT",
        f"UID:release-{release.movie_id}-{release.kind}-{release.country}@matinee",
        f"DTSTAMP:{timezone.now():%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{_day(day)}",
        f"DTEND;VALUE=DATE:{_day(day + timedelta(days=1))}",
        f"SUMMARY:{_escaped(summary)}",
        f"URL:{address}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


def _escaped(text: str) -> str:
    """RFC 5545, section 3.3.11."""
    for char in "\\;,":
        text = text.replace(char, f"\\{char}")
    return " ".join(text.split())


def _folded(line: str) -> str:
    """RFC 5545, section 3.1: no line is longer than 75 bytes, and no character is cut."""
    pieces, piece = [], ""
    for char in line:
        if len(f"{piece}{char}".encode()) > LONGEST_LINE:
            pieces.append(piece)
            piece = ""
        piece += char
    return "\r\n ".join([*pieces, piece])
