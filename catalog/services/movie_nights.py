"""Movie nights: the one write path. A night ends when all have voted, or when its time is over."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.folding import looks_of
from catalog.models import MovieNight, NightVoter

MOST_FILMS, MOST_PEOPLE, FEWEST_PEOPLE = 20, 8, 2
MINUTES = (15, 30, 60, 120)
KEPT = timedelta(days=7)  # after its end: who won can be looked up for a week
SCORES = (0, 1, 2)


class NightError(ValueError):
    """It cannot be done; the message says why, in the reader's language."""


def start_night(*, host_id: int, movie_ids: Sequence[int], people: int, minutes: int) -> MovieNight:
    """A new night; those of the host that ended a week ago and longer are forgotten."""
    if not movie_ids:
        raise NightError(_("There is no film to vote on yet."))
    if not FEWEST_PEOPLE <= people <= MOST_PEOPLE or minutes not in MINUTES:
        raise NightError(_("A movie night is for two to eight people."))
    now = timezone.now()
    MovieNight.objects.filter(host_id=host_id, ends_at__lt=now - KEPT).delete()
    return MovieNight.objects.create(
        host_id=host_id,
        movie_ids=list(dict.fromkeys(movie_ids))[:MOST_FILMS],
        people=people,
        ends_at=now + timedelta(minutes=minutes),
    )


def join(night: MovieNight, name: str) -> NightVoter:
    """A voter of that name. Raises NightError when the night is over or full, or has the name."""
    name = " ".join(name.split())[: NightVoter._meta.get_field("name").max_length]
    if not name:
        raise NightError(_("Type a name first."))
    with transaction.atomic():
        _lock_open(night)
        voters = NightVoter.objects.filter(night=night)
        taken = {look for other in voters for look in looks_of(other.name)}
        if looks_of(name) & taken:
            raise NightError(_("Somebody here is called that already: choose another name."))
        if len(voters) >= night.people:
            raise NightError(_("Everybody who was expected is here already."))
        return NightVoter.objects.create(night=night, name=name)


def vote(night: MovieNight, voter_id: int, *, movie_id: int, score: int) -> NightVoter:
    """What a voter thinks of a film, again and again; the last vote of the last one ends it."""
    if movie_id not in night.movie_ids or score not in SCORES:
        raise NightError(_("That is nothing to vote on."))
    with transaction.atomic():
        _lock_open(night)
        voter = NightVoter.objects.select_for_update().get(pk=voter_id, night=night)
        voter.votes[str(movie_id)] = score
        voter.save(update_fields=["votes"])
        voters = list(night.voters.all())
        if len(voters) >= night.people and all(has_voted(night, one) for one in voters):
            _end(night)
    return voter


def end_night(night: MovieNight) -> None:
    """Now: the host does not want to wait."""
    if night.ended_at is None:
        _end(night)


def has_voted(night: MovieNight, voter: NightVoter) -> bool:
    """Whether somebody has said something about every film."""
    return len(voter.votes) >= len(night.movie_ids)


def _end(night: MovieNight) -> None:
    night.ended_at = timezone.now()
    night.save(update_fields=["ended_at"])


def _lock_open(night: MovieNight) -> None:
    MovieNight.objects.select_for_update().get(pk=night.pk)
    night.refresh_from_db()
    if night.is_over:
        raise NightError(_("The vote is over."))
