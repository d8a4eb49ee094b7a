"""A notice in words, and where it leads."""

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import Notice, NoticeKind

GLYPHS = {
    NoticeKind.FRIEND_REQUEST: "people",
    NoticeKind.IMPORT_DONE: "import",
    NoticeKind.FILM_ADDED: "plus",
    NoticeKind.AVAILABLE: "bookmark",
    NoticeKind.FORESEEN: "next",
}


def in_words(notice: Notice) -> str:
    """One sentence, in the language in force."""
    film = notice.movie.shown_title if notice.movie else notice.subject
    if notice.kind == NoticeKind.FRIEND_REQUEST:
        who = notice.other.get_username() if notice.other else ""
        return _("%(who)s asks to be friends") % {"who": who}
    if notice.kind == NoticeKind.IMPORT_DONE:
        return _("%(file)s was imported") % {"file": notice.subject}
    if notice.kind == NoticeKind.FILM_ADDED:
        return _("%(film)s, which you asked for, is here") % {"film": film}
    if notice.kind == NoticeKind.AVAILABLE:
        return _("%(film)s, on your watchlist, is on your services now") % {"film": film}
    return _("%(film)s is on your services now: you would like it a lot") % {"film": film}


def address_of(notice: Notice) -> str:
    """The page that it is about."""
    if notice.movie is not None:
        return notice.movie.get_absolute_url()
    if notice.kind == NoticeKind.FRIEND_REQUEST:
        return reverse("catalog:friends")
    return notice.address or reverse("catalog:notices")


def glyph_of(notice: Notice) -> str:
    """Its icon."""
    return GLYPHS.get(NoticeKind(notice.kind), "more")
