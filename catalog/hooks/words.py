"""Codes of what was not done, or did not work, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .formats.told import Ignored

WORDS: dict[str, Promise] = {
    Ignored.NOT_A_FILM: _("Episodes, music and everything else but films is left alone."),
    Ignored.NOT_FINISHED: _("Less than 80 percent of the film was played."),
    Ignored.OTHER_EVENT: _("This says nothing about a film that was watched or rated."),
    Ignored.UNMARKED: _("What is marked as unwatched on a server stays seen here."),
    Ignored.NO_STARS: _("Stars that are taken away on a server stay here."),
    Ignored.OTHER_USER: _("Somebody else on the server watched it."),
    Ignored.NOBODY: _("No member of this site belongs to this user of the server."),
    Ignored.FULL: _("Too many plays are kept for you already."),
    "address-malformed": _("This is no address of a server, such as https://media.example:8096."),
    "address-refused": _(
        "This address is not public. An administrator can allow it (MATINEE_MEDIA_SERVERS)."
    ),
    "address-unknown": _("No server was found by that name."),
    "unreachable": _("The server did not answer, or not in time."),
    "redirected": _("The server sends us on to another address: give that one."),
    "wrong-key": _("The server does not accept the key."),
    "not-understood": _("What answered is not a server of this kind."),
    "too-large": _("The server answered with more than is read at once."),
    "no-such-user": _("The server has no user by that name, or the key may not see it."),
    "key-gone": _("The key was no longer there when its turn came. Give it once more."),
    "gave-up": _("Something went wrong on our side, more than once."),
}


def said(code: str) -> Promise | str:
    return WORDS.get(code, code)
