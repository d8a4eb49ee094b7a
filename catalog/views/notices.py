"""The bell: what the site has to tell a member, and by which ways."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.couriers.push import AddressError, check_addresses
from catalog.models import Notice, NoticeChoices, NoticeKind
from catalog.queries.films_by_key import name_films_among
from catalog.rendering.notice_words import address_of, glyph_of, in_words
from catalog.services.member_language import note_language
from catalog.services.notices import choose_ways, mark_read, renew_feed_key

from .responses import member_id, member_required

SHOWN = 100
WAYS = ("bell", "mailed", "pushed", "feed")


@require_safe
@never_cache
@member_required
def notices(request: HttpRequest) -> HttpResponse:
    """Looking at them is reading them."""
    mine = Notice.objects.filter(user_id=member_id(request)).select_related("movie", "other")
    choices = NoticeChoices.objects.filter(user_id=member_id(request)).first() or NoticeChoices()
    new = list(mine.exclude(kind__in=choices.silenced)[:SHOWN])
    name_films_among(new)
    shown = [(one, in_words(one), address_of(one), glyph_of(one)) for one in new]
    mark_read(member_id(request))
    return render(request, "catalog/notices.html", {"notices": shown})


@require_safe
@never_cache
@member_required
def unread(request: HttpRequest) -> HttpResponse:
    """How many are new, for the bell of every page."""
    count = Notice.objects.filter(user_id=member_id(request), read_at=None).count()
    return render(request, "catalog/_unread.html", {"count": count})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_required
def notice_settings(request: HttpRequest) -> HttpResponse:
    """``bell``, ``mailed``, ``pushed`` and ``feed`` name the kinds that go that way."""
    user_id = member_id(request)
    choices = NoticeChoices.objects.filter(user_id=user_id).first() or NoticeChoices()
    wrong, written = "", choices.apprise_urls
    if request.method == "POST":
        written = request.POST.get("apprise_urls", "")[:2000]
        try:
            addresses = check_addresses(written)
        except AddressError as error:
            wrong = error.address
        else:
            ways = {name: request.POST.getlist(name) for name in WAYS}
            choose_ways(user_id, ways, "\n".join(addresses))
            note_language(user_id)
            messages.success(request, _("Your choices were saved"))
            return redirect("catalog:notice-settings")
    kept = {name: getattr(choices, name, []) for name in WAYS}
    kept["bell"] = [kind for kind in NoticeKind if kind not in choices.silenced]
    context = {
        "kinds": [(kind, [(name, kind in kept[name]) for name in WAYS]) for kind in NoticeKind],
        "apprise_urls": written,
        "wrong": wrong,
        "feeds": _feeds(request, choices),
    }
    return render(request, "catalog/notice_settings.html", context, status=422 if wrong else 200)


@require_POST
@member_required
def new_feeds(request: HttpRequest) -> HttpResponse:
    """New addresses, which only the member knows."""
    renew_feed_key(member_id(request))
    messages.success(request, _("The feeds have new addresses"))
    return redirect("catalog:notice-settings")


def _feeds(request: HttpRequest, choices: NoticeChoices) -> list[str]:
    if not choices.feed_key:
        return []
    return [
        request.build_absolute_uri(reverse(name, args=[choices.feed_key]))
        for name in ("catalog:notice-feed", "catalog:release-feed")
    ]
