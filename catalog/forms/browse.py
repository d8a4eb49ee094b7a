"""Forms that filter and sort lists of films."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from django import forms
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import (
    Case,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Value,
    When,
)
from django.db.models.expressions import OrderBy
from django.db.models.query import QuerySet
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.folding import fold
from catalog.models import Genre, Keyword, Movie, Rating, StreamingChoice, WatchlistEntry
from catalog.models.movie import FEWEST_PEOPLE, ORDERING_COUNT, MovieQuerySet
from catalog.models.rating import RatingQuerySet
from catalog.predictions import Lacking, Predictions, keys_of, only, predictions_for
from catalog.rendering.language_names import spoken_choices
from catalog.rendering.lengths import lengths_known
from catalog.services.ratings import half_stars_of

# A mean needs company: ratings are drawn towards 3.5 stars as if 20 more had been given.
PRIOR_RATINGS, PRIOR_HALF_STARS = 20, 7
STEADY_AVERAGE = Case(
    When(rating_count__lt=FEWEST_PEOPLE, then=Value(float(PRIOR_HALF_STARS))),
    default=ExpressionWrapper(
        (F("half_star_sum") + PRIOR_RATINGS * PRIOR_HALF_STARS)
        * 1.0
        / (F("rating_count") + PRIOR_RATINGS),
        output_field=FloatField(),
    ),
)

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    Label = str | StrPromise
    Choices = Iterable[tuple[str, Label]]


def _decade_name(year: int) -> str:
    return gettext("%ds") % year


def _stars_name(half_stars: int) -> str:
    return f"{number_format(half_stars / 2 if half_stars % 2 else half_stars // 2)} ★"


# In the language of whoever reads them, not of the process when it began.
_decade, _half_stars = lazy(_decade_name, str), lazy(_stars_name, str)

DECADES = [(str(year), _decade(year)) for year in range(2020, 1860, -10)]
RUNTIMES = [
    ("-90", _("Under 1½ hours")),
    ("90-120", _("1½ to 2 hours")),
    ("120-150", _("2 to 2½ hours")),
    ("150-", _("Over 2½ hours")),
]
COUNTS = [("10", _("10 or more")), ("50", _("50 or more")), ("100", _("100 or more"))]
AVERAGES = [("3", _("3 or more")), ("3.5", _("3.5 or more")), ("4", _("4 or more"))]
PREDICTED = [*AVERAGES, ("4.5", _("4.5 or more"))]
SEEN = [("no", _("Not rated by you")), ("yes", _("Rated by you"))]
SORTS: dict[str, tuple[Label, list[str | OrderBy]]] = {
    "popular": (_("Most rated"), [ORDERING_COUNT.desc(), "pk"]),
    "best": (_("Highest rated"), [STEADY_AVERAGE.desc(), "pk"]),
    # Not every catalog knows the day.
    "newest": (
        _("Newest"),
        [F("year").desc(nulls_last=True), F("release_date").desc(nulls_last=True), "pk"],
    ),
    "oldest": (
        _("Oldest"),
        [F("year").asc(nulls_last=True), F("release_date").asc(nulls_last=True), "pk"],
    ),
    "title": (_("Title"), ["search_title", "pk"]),
    "short": (_("Shortest"), [F("runtime").asc(nulls_last=True), "pk"]),
}
MINE = [("mine", _("On my services"))]
# Filters whose choices, "4 or more", say nothing without their name.
NUMBERS = ("count", "average", "predicted")
# The one order that the database does not know: see ``BrowseForm.arrange``.
BY_PREDICTION = "predicted"


def _choice(label: Label, choices: Choices, any_label: Label) -> forms.ChoiceField:
    field = forms.ChoiceField(label=label, required=False)
    field.choices = [("", any_label), *choices]
    field.widget.attrs["class"] = "select"
    return field


class BrowseForm(forms.Form):
    """Filters and sort of the film list; every field is optional, so every address is valid."""

    q = forms.CharField(label=_("Title"), required=False, max_length=200)
    genre = _choice(_("Genre"), [], _("Any genre"))
    decade = _choice(_("Decade"), DECADES, _("Any decade"))
    runtime = _choice(_("Length"), RUNTIMES, _("Any length"))
    language = _choice(_("Language"), [], _("Any language"))
    count = _choice(_("Ratings"), COUNTS, _("Any number"))
    average = _choice(_("Average"), AVERAGES, _("Any average"))
    seen = _choice(_("Yours"), SEEN, _("All films"))
    predicted = _choice(_("Predicted for you"), PREDICTED, _("Any stars"))
    services = _choice(_("Where to watch"), MINE, _("Anywhere"))
    # From the page of a film.
    keyword = forms.ModelChoiceField(
        Keyword.objects.all(), label=_("Keyword"), required=False, widget=forms.HiddenInput
    )
    sort = _choice(_("Sort by"), [], _("Best match"))

    def __init__(self, *args: object, user: AbstractBaseUser | AnonymousUser, **kwargs: object):
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.user = user
        known = list(Genre.objects.values_list("pk", "slug", "name"))
        # By key the planner knows how many films a genre has, by slug it does not.
        self._genre_keys = {slug: key for key, slug, _name in known}
        genres = sorted(
            ((slug, gettext(name)) for _key, slug, name in known), key=lambda genre: genre[1]
        )
        self._choices("genre", [("", _("Any genre")), *genres])
        self._choices("language", [("", _("Any language")), *spoken_choices()])
        # What is not chosen is a search's own order, or the most rated.
        sorts = [(key, label) for key, (label, _order) in SORTS.items()]
        usual = _("Best match") if self.data.get("q") else sorts.pop(0)[1]
        if not lengths_known():
            del self.fields["runtime"]
            sorts = [(key, label) for key, label in sorts if key != "short"]
        answer = predictions_for(user)
        self.lacking = answer if isinstance(answer, Lacking) else None
        self.predictions = None if isinstance(answer, Lacking) else answer
        if not user.is_authenticated:
            del self.fields["seen"], self.fields["predicted"]
        elif self.lacking:
            self.fields["predicted"].disabled = True
            self.fields["predicted"].help_text = self.lacking.label
        else:
            sorts.insert(0, (BY_PREDICTION, _("Predicted for you")))
        self._choices("sort", [("", usual), *sorts])
        self.streaming = StreamingChoice.of(user.pk)
        if self.streaming is None:
            del self.fields["services"]
        if len(self.fields["language"].choices) == 1:  # type: ignore[attr-defined]
            del self.fields["language"]

    def _choices(self, name: str, choices: list) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def filters(self) -> list[forms.BoundField]:
        """The narrowing fields, in the order in which they are shown."""
        return [field for field in self if field.name not in ("q", "keyword", "sort")]

    def clean_keyword(self) -> str:
        self.about: Keyword | None = self.cleaned_data["keyword"]
        return str(self.about.pk) if self.about else ""

    def wanted(self) -> dict[str, str]:
        """The valid choices; what is not valid counts as not asked for."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def active(self) -> list[tuple[str, str]]:
        """(field, what it says) of each filter in force, for chips that take it off."""
        wanted = self.wanted()
        said = []
        if "keyword" in wanted:
            said.append(("keyword", str(self.about)))
        for field in self.filters:
            if field.name in wanted:
                label = str(dict(field.field.choices)[wanted[field.name]])  # type: ignore[attr-defined]
                named = field.name in NUMBERS
                said.append((field.name, f"{field.label}: {label}" if named else label))
        return said

    def narrow(self, movies: MovieQuerySet) -> MovieQuerySet:
        """The films that the filters leave, unordered; ``q`` is not looked at here."""
        wanted = self.wanted()
        for name, apply in NARROWING.items():
            if name in wanted:
                movies = apply(movies, wanted[name])
        if "genre" in wanted:
            movies = movies.filter(genres=self._genre_keys[wanted["genre"]])
        if "seen" in wanted:
            rated = Exists(
                Rating.objects.filter(user_id=self.user.pk or 0, movie_id=OuterRef("pk"))
            )
            movies = movies.filter(rated if wanted["seen"] == "yes" else ~rated)
        if "services" in wanted and self.streaming is not None:
            movies = movies.filter(self.streaming.includes())
        if "predicted" in wanted and self.predictions is not None:
            movies = only(movies, self.predictions.at_least(float(wanted["predicted"])))
        return movies

    def arrange(self, movies: MovieQuerySet) -> Sequence[int] | QuerySet[Movie, int]:
        """The keys of the films, in the order asked for."""
        sort = self.wanted().get("sort", "popular")
        if sort == BY_PREDICTION and self.predictions is not None:
            return self.predictions.best_first(keys_of(movies))
        return movies.order_by(*SORTS[sort][1]).values_list("pk", flat=True)


def _runtime(movies: MovieQuerySet, value: str) -> MovieQuerySet:
    low, high = value.split("-")
    if low:
        movies = movies.filter(runtime__gte=int(low))
    return movies.filter(runtime__lt=int(high)) if high else movies


def _average(movies: MovieQuerySet, value: str) -> MovieQuerySet:
    at_least = F("rating_count") * half_stars_of(value)
    return movies.filter(rating_count__gte=FEWEST_PEOPLE, half_star_sum__gte=at_least)


NARROWING: dict[str, Callable[[MovieQuerySet, str], MovieQuerySet]] = {
    "decade": lambda movies, year: movies.filter(year__range=(int(year), int(year) + 9)),
    "runtime": _runtime,
    "keyword": lambda movies, key: movies.filter(keywords=int(key)),
    "language": lambda movies, code: movies.filter(original_language=code),
    "count": lambda movies, number: movies.filter(rating_count__gte=int(number)),
    "average": _average,
}


class RatingsForm(forms.Form):
    """Filter and sort of one's own ratings."""

    SORTS: ClassVar[dict[str, tuple[Label, list[str]]]] = {
        "newest": (_("Newest first"), ["-rated_at", "-pk"]),
        "oldest": (_("Oldest first"), ["rated_at", "pk"]),
        "best": (_("Highest first"), ["-half_stars", "-rated_at", "-pk"]),
        "worst": (_("Lowest first"), ["half_stars", "-rated_at", "-pk"]),
        "title": (_("Title"), ["movie__search_title", "pk"]),
    }
    q = forms.CharField(label=_("Title"), required=False, max_length=200)
    stars = _choice(_("Stars"), [(str(n), _half_stars(n)) for n in range(10, 0, -1)], _("Any"))
    sort = _choice(_("Sort by"), [(k, v[0]) for k, v in SORTS.items()], _("Newest first"))

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["sort"].choices = [(k, v[0]) for k, v in self.SORTS.items()]  # type: ignore[attr-defined]

    def apply(self, ratings: RatingQuerySet) -> RatingQuerySet:
        """The ratings that the form leaves, in its order."""
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("stars"):
            ratings = ratings.filter(half_stars=int(wanted["stars"]))
        if wanted.get("q"):
            ratings = ratings.filter(movie__search_title__contains=fold(wanted["q"]))
        return ratings.order_by(*self.SORTS[wanted.get("sort") or "newest"][1])


class WatchlistForm(forms.Form):
    """Order of the films that a member wants to see: by predicted stars where there are any."""

    SORTS: ClassVar[dict[str, tuple[Label, list[str | OrderBy]]]] = {
        "added": (_("Newest first"), ["-added_at", "-pk"]),
        "title": (_("Title"), ["movie__search_title", "pk"]),
        "year": (_("Newest films"), [F("movie__year").desc(nulls_last=True), "pk"]),
    }
    sort = _choice(_("Sort by"), [], _("Newest first"))

    def __init__(self, *args: object, predictions: Predictions | None, **kwargs: object):
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.predictions = predictions
        sorts = [(key, label) for key, (label, _order) in self.SORTS.items()]
        usual = sorts.pop(0)[1] if predictions is None else _("Predicted for you")
        self.fields["sort"].choices = [("", usual), *sorts]  # type: ignore[attr-defined]

    def arrange(
        self, entries: QuerySet[WatchlistEntry]
    ) -> Sequence[int] | QuerySet[WatchlistEntry, int]:
        """The keys of the films, in the order asked for."""
        sort = self.cleaned_data.get("sort") if self.is_valid() else ""
        if self.predictions is not None and not sort:
            return self.predictions.best_first(list(entries.values_list("movie_id", flat=True)))
        return entries.order_by(*self.SORTS[sort or "added"][1]).values_list("movie_id", flat=True)
