"""One film for tonight, as the home page shows it, and what is remembered of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from django.db.models.functions import ExtractIsoWeekDay
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import DiaryEntry
from catalog.queries.providers import offered_by
from catalog.rendering.country_names import country_of
from catalog.rendering.film_cards import one_decimal
from catalog.rendering.local_time import local_now
from recommender import forms
from recommender.data.catalog_arrays import CatalogArrays
from recommender.models import TonightAnswer
from recommender.pages.cards import Card, draft, films_of
from recommender.serving.filters import Filters
from recommender.serving.ranking import no_films
from recommender.serving.recommender import Recommender
from recommender.serving.tonight import Answers, Moment, film_for

SESSION_KEY = "recommender.tonight"
TAKEN_FOR = timedelta(hours=18)  # after which a film that was taken gives way to another
NEWEST_ANSWERS, NEWEST_VIEWINGS = 200, 300
SERVICES_NAMED = 3
EVENING_ENDS = 24 * 60  # in minutes of the day, before a working day
NIGHT_ENDS = 4 * 60
SHORTEST_EVENING = 75
FRIDAY, SATURDAY, SUNDAY = 5, 6, 7

LENGTHS = dict(forms.LENGTHS[:3])
# By the names of genres in MovieLens and TMDB.
MOODS = {
    "laugh": (gettext_lazy("Make me laugh"), ("Comedy",)),
    "thrill": (gettext_lazy("Thrill me"), ("Thriller", "Crime", "Mystery", "Film-Noir")),
    "move": (gettext_lazy("Move me"), ("Drama", "Romance")),
    "away": (gettext_lazy("Far away"), ("Adventure", "Fantasy", "Sci-Fi", "Science Fiction")),
    "scare": (gettext_lazy("Scare me"), ("Horror",)),
    "family": (gettext_lazy("With children"), ("Family", "Children", "Children's", "Animation")),
    "learn": (gettext_lazy("Teach me"), ("Documentary", "History")),
}


@dataclass(frozen=True)
class Wish:
    """What was asked for: a key of `LENGTHS` and one of `MOODS`, "" for none."""

    length: str = ""
    mood: str = ""

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Wish:
        """As far as it makes sense."""
        length, mood = said.get("length", ""), said.get("mood", "")
        return cls(length if length in LENGTHS else "", mood if mood in MOODS else "")


@dataclass(frozen=True)
class Tonight:
    """``card`` is None where nothing fits; ``moods`` and ``lengths`` are (key, label, chosen)."""

    card: Card | None
    why: str
    wish: Wish
    moods: list[tuple[str, str, bool]]
    lengths: list[tuple[str, str, bool]]
    minutes: int = 0
    where: tuple[str, ...] = ()
    taken: bool = False

    @property
    def movie_ids(self) -> list[int]:
        """The film, as a list that may be empty."""
        return [] if self.card is None else [self.card.movie.pk]


def tonight_for(request: HttpRequest, recommender: Recommender) -> Tonight | None:
    """For a member of whom the models know something; None for everybody else."""
    user_id = request.user.pk
    if user_id is None or not recommender.scores.has_known_history:
        return None
    wish = Wish.of(request.session.get(SESSION_KEY, {}))
    now = local_now(request)
    answers, taken_now = _answers(user_id)
    catalog = recommender.live.catalog
    wished = recommender.under(_filters(recommender.filters, wish, catalog))
    moment = moment_at(now)
    taken = taken_now is not None and bool(wished.allowed[catalog.mask_of([taken_now])].any())
    if taken:
        open_ = ~catalog.mask_of([taken_now])  # type: ignore[list-item]
        ranking = wished.top_picks(1, open_)
    else:
        found = film_for(wished, moment, answers, user_id)
        ranking = found if found is not None else no_films()
    one = draft(recommender, ranking)
    cards = one.cards(films_of([one]))
    card = cards[0] if cards else None
    minutes = int(catalog.runtime[ranking.rows[0]]) if card else 0
    return Tonight(
        card=card,
        why=_why(card, minutes, moment) if card else "",
        wish=wish,
        moods=_moods(catalog, wish),
        lengths=_lengths(catalog, wish),
        minutes=minutes,
        where=_where(request, recommender.filters, card) if card else (),
        taken=taken,
    )


def keep_wish(request: HttpRequest, said: Mapping[str, str]) -> None:
    """Remember length and mood until the visitor leaves."""
    wish = Wish.of(said)
    request.session[SESSION_KEY] = {"length": wish.length, "mood": wish.mood}


def keep_answer(request: HttpRequest, user_id: int, movie_id: int, *, taken: bool) -> None:
    """Remember what was said of a film; it says more than what was said of it before."""
    TonightAnswer.objects.update_or_create(
        user_id=user_id,
        movie_id=movie_id,
        defaults={
            "taken": taken,
            "weekend": moment_at(local_now(request)).weekend,
            "answered_at": timezone.now(),
        },
    )


def moment_at(now: datetime) -> Moment:
    """An evening before a working day ends at midnight; one at the weekend has no end.

    What lies before four in the morning belongs to the evening before.
    """
    minutes = now.hour * 60 + now.minute
    evening = now - timedelta(minutes=NIGHT_ENDS)
    weekday = evening.isoweekday()
    weekend = weekday in (SATURDAY, SUNDAY) or (weekday == FRIDAY and now.hour >= 16)
    left = None
    if weekday not in (FRIDAY, SATURDAY):
        past = minutes + (24 * 60 if minutes < NIGHT_ENDS else 0)
        left = max(EVENING_ENDS - past, SHORTEST_EVENING)
    return Moment(day=evening.toordinal(), weekend=weekend, minutes_left=left)


def _answers(user_id: int) -> tuple[Answers, int | None]:
    """What was answered, and the film that was taken just now and still holds."""
    now = timezone.now()
    kept = list(
        TonightAnswer.objects.filter(user_id=user_id).values_list(
            "movie_id", "taken", "weekend", "answered_at"
        )[:NEWEST_ANSWERS]
    )
    viewings = (
        DiaryEntry.objects.filter(user_id=user_id)
        .annotate(weekday=ExtractIsoWeekDay("watched_on"))
        .order_by("-watched_on")
        .values_list("movie_id", "weekday")[:NEWEST_VIEWINGS]
    )
    held = next((pk for pk, taken, _weekend, at in kept if taken and now - at < TAKEN_FOR), None)
    newest_is_taken = bool(kept) and kept[0][1]
    answers = Answers(
        movie_ids=np.array([pk for pk, *_rest in kept], np.int64),
        taken=np.array([taken for _pk, taken, *_rest in kept], np.float64),
        weekend=np.array([weekend for *_rest, weekend, _at in kept], np.float64),
        ages=np.array([(now - at) / timedelta(days=1) for *_rest, at in kept], np.float64),
        viewings=[(pk, weekday >= SATURDAY) for pk, weekday in viewings],
    )
    return answers, held if newest_is_taken else None


def _where(request: HttpRequest, filters: Filters, card: Card) -> tuple[str, ...]:
    """The services that include the film: the member's own, where the member named some."""
    country = filters.country or country_of(request)
    found = offered_by([card.movie.pk], country, filters.services or None)
    return tuple(found.get(card.movie.pk, ())[:SERVICES_NAMED])


def _filters(filters: Filters, wish: Wish, catalog: CatalogArrays) -> Filters:
    """The member's own filters, and what is wished for on top."""
    changed = filters
    if wish.length and catalog.knows_lengths:
        most = int(wish.length) - 1
        changed = replace(changed, runtime_to=min(most, filters.runtime_to or most))
    if wish.mood and (genres := _genres(catalog, MOODS[wish.mood][1])):
        changed = replace(changed, include_genres=genres)
    return changed


def _genres(catalog: CatalogArrays, names: tuple[str, ...]) -> tuple[int, ...]:
    """Primary keys of the genres that the catalog has by these names."""
    return tuple(
        pk for pk, place in catalog.genre_places.items() if catalog.genre_names[place] in names
    )


def _lengths(catalog: CatalogArrays, wish: Wish) -> list[tuple[str, str, bool]]:
    if not catalog.knows_lengths:
        return []
    return [(key, str(label), key == wish.length) for key, label in LENGTHS.items()]


def _moods(catalog: CatalogArrays, wish: Wish) -> list[tuple[str, str, bool]]:
    return [
        (key, str(label), key == wish.mood)
        for key, (label, names) in MOODS.items()
        if not set(names).isdisjoint(catalog.genre_names)
    ]


def _why(card: Card, minutes: int, moment: Moment) -> str:
    """One sentence: the stars foreseen, the ratings that say so, and how it fits the evening."""
    named = [reason.movie.shown_title for reason in card.reasons][:2]
    stars = one_decimal(card.predicted_rating)
    if stars and named:
        films = _(" and ").join(named)
        text = _("You would give it %(stars)s stars, most of all because of %(films)s")
        said = text % {"stars": stars, "films": films}
    elif stars:
        said = _("You would give it %(stars)s stars") % {"stars": stars}
    else:
        said = _("People with a history like yours went on to watch it")
    if moment.minutes_left is not None and 0 < minutes <= moment.minutes_left:
        return _("%(said)s, and it ends before it is late.") % {"said": said}
    if moment.weekend and minutes:
        return _("%(said)s, and the weekend has time for it.") % {"said": said}
    return f"{said}."
