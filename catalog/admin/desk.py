"""The front of the editor's desk: what needs attention, and what one does most.

Any admin module adds to it: a function under ``@needs_attention``, or a `Shortcut`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from catalog.models import Movie, WaitingRow
from catalog.models.import_row import RowOutcome
from catalog.queries.doubles import count_of_doubles

MOST_COUNTED = 9_999

Reader = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True)
class Attention:
    """``count`` of what ``text`` says, and the address where it is dealt with."""

    count: int
    text: str
    address: str


@dataclass(frozen=True)
class Shortcut:
    """A page that editors open often: the name of its address, without arguments."""

    label: str | Promise
    view: str
    permission: str
    icon: str = "right"

    @property
    def address(self) -> str:
        return reverse(self.view)


# Each answers None for a reader whom it does not concern.
Source = Callable[[Reader], Attention | None]
_sources: list[Source] = []
_shortcuts: list[Shortcut] = [
    Shortcut(gettext_lazy("Add a film"), "admin:catalog_movie_add", "catalog.add_movie", "plus"),
    Shortcut(gettext_lazy("All films"), "admin:catalog_movie_changelist", "catalog.view_movie"),
    Shortcut(
        gettext_lazy("Possible doubles"), "admin:catalog_movie_doubles", "catalog.change_movie"
    ),
    Shortcut(
        gettext_lazy("Merged films"), "admin:catalog_filmmerge_changelist", "catalog.view_filmmerge"
    ),
    Shortcut(
        gettext_lazy("Changes of films"),
        "admin:catalog_filmchange_changelist",
        "catalog.view_filmchange",
    ),
    Shortcut(gettext_lazy("People"), "admin:catalog_person_changelist", "catalog.view_person"),
    Shortcut(gettext_lazy("Datasets"), "admin:catalog_dataset_changelist", "catalog.view_dataset"),
    Shortcut(
        gettext_lazy("Import a dataset"), "admin:catalog_datasetjob_add", "catalog.add_datasetjob"
    ),
]


def needs_attention(source: Source) -> Source:
    """Ask this function when the desk is opened; it should take a few milliseconds."""
    _sources.append(source)
    return source


def add_shortcut(shortcut: Shortcut) -> None:
    _shortcuts.append(shortcut)


def attention_for(user: Reader) -> list[Attention]:
    """What waits for this reader; nothing that waits for nobody."""
    answers = [source(user) for source in _sources]
    return [one for one in answers if one is not None and one.count]


def shortcuts_for(user: Reader) -> list[Shortcut]:
    return [one for one in _shortcuts if user.has_perm(one.permission)]  # type: ignore[union-attr]


@needs_attention
def possible_doubles(user: Reader) -> Attention | None:
    if not user.has_perm("catalog.change_movie"):  # type: ignore[union-attr]
        return None
    count = count_of_doubles()
    text = ngettext("pair of films may be one film", "pairs of films may be one film each", count)
    return Attention(count, text, reverse("admin:catalog_movie_doubles"))


@needs_attention
def films_without_a_picture(user: Reader) -> Attention | None:
    if not user.has_perm("catalog.change_movie"):  # type: ignore[union-attr]
        return None
    count = Movie.objects.visible().filter(poster_path="").count()
    address = f"{reverse('admin:catalog_movie_changelist')}?picture=none&hidden__exact=0"
    return Attention(
        count, ngettext("film has no picture", "films have no picture", count), address
    )


@needs_attention
def films_without_a_description(user: Reader) -> Attention | None:
    if not user.has_perm("catalog.change_movie"):  # type: ignore[union-attr]
        return None
    count = Movie.objects.visible().filter(overview="").count()
    address = f"{reverse('admin:catalog_movie_changelist')}?description=none&hidden__exact=0"
    text = ngettext("film has no description", "films have no description", count)
    return Attention(count, text, address)


@needs_attention
def films_waited_for(user: Reader) -> Attention | None:
    """Rows of imports that wait for a film that is not here."""
    if not user.has_perm("catalog.view_waitingrow"):  # type: ignore[union-attr]
        return None
    count = WaitingRow.objects.filter(outcome=RowOutcome.WAITING)[: MOST_COUNTED + 1].count()
    text = ngettext("row of an import waits for a film", "rows of imports wait for films", count)
    return Attention(count, text, reverse("admin:catalog_waitingrow_changelist"))
