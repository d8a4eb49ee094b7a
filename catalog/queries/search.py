"""Search: exact titles first, then beginnings, parts, films of people so named, near misses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from django.contrib.postgres.search import (
    TrigramSimilarity,
    TrigramStrictWordSimilarity,
    TrigramWordSimilarity,
)
from django.db.models import Case, F, FloatField, Max, Q, Value, When
from django.db.models.functions import Ln
from django.db.models.query import QuerySet

from catalog.datasets.titles import article_first
from catalog.folding import fold
from catalog.models import Credit, Movie
from catalog.models.movie import FEWEST_PEOPLE, ORDERING_COUNT, MovieQuerySet

from .people import FoundPerson, NameMatch
from .trigrams import has_trigrams, similarity_of
from .typed import bare_id, film_ids, respaced, split_year, title_in, with_ids, year_in

LONGEST_QUERY = 100
ARTICLES = ("the", "a", "an")

# Of 1 for the same words to 0: below the first a film is not shown, below the second not taken.
SHOWN_SIMILARITY = 0.45
TAKEN_SIMILARITY = 0.6

# With fewer direct answers than these, near misses are looked for as well.
FEW = 5
# Of titles that are like the words so many of the best known films are compared further: "thee" is
# like each that has "the".
MOST_ALIKE = 2000
# So many letters of a query are compared with titles: each of its trigrams has a list to be read.
LONGEST_ALIKE = 50

POPULARITY = (ORDERING_COUNT.desc(), F("vote_count").desc(nulls_last=True), F("pk").asc())


class Match(IntEnum):
    """How a title answers a query; the lower the better."""

    EXACT = 0
    BUT_FOR_ARTICLE = 1  # "Ring" for "The Ring"
    BEGINS = 2  # with the same words: "Star Wars: Episode IV" for "Star Wars"
    BEGINS_WORD = 3  # in the middle of a word: "Stargate" for "star"
    OF_YEAR = 4  # "1999": whatever its title
    HAS_WORDS = 5
    HAS_WORD_BEGINNING = 6
    BY_PERSON = 7  # "Kubrick": nothing in the title, but a name among the credits
    HAS_LETTERS = 8  # inside a word: shown only where nothing is better
    OTHER_YEAR = 9  # "Blade Runner 2049" when there is only that of 1982
    SIMILAR = 10


# Where a film stands by how it matches. For a search box those that hardly anybody has rated come
# after the rated ones that begin with the words.
UNRATED = {Match.EXACT: 2.25, Match.BUT_FOR_ARTICLE: 2.5, Match.BEGINS: 2.75}
MATCH_AT = {float(match): match for match in Match} | {at: match for match, at in UNRATED.items()}

# Movie id -> how it matches, and how near it is, best first.
Matches = dict[int, tuple[Match, float]]
# Movie id, place, and nearness from the database: narrow rows, because all that match have to be
# sorted.
Rows = QuerySet[Movie, tuple[int, float, float]]


@dataclass(frozen=True)
class Found:
    """A film, how it matches, and for a near miss how similar it is (1 otherwise)."""

    movie: Movie
    match: Match
    similarity: float = 1.0


@dataclass(frozen=True)
class Resolution:
    """What a title typed by somebody stands for.

    ``movie`` is None where nothing is near enough; ``alternatives`` are then what it might have
    meant, and otherwise the other films that the same words fit as well.
    """

    query: str
    movie: Movie | None
    exact: bool
    alternatives: list[Movie] = field(default_factory=list)

    @property
    def ambiguous(self) -> bool:
        return self.movie is not None and bool(self.alternatives)


def search_movies(
    query: str,
    *,
    limit: int = 20,
    within: MovieQuerySet | None = None,
    people: Sequence[FoundPerson] = (),
) -> list[Movie]:
    """The films that a query fits, best first, ready to be shown as cards.

    A year at the end ("heat 1995") prefers films of that year. Misspelt titles are found by
    trigrams where the database has them. Ids and addresses of IMDb, TMDB and Letterboxd find their
    film, a year alone its films. ``within`` narrows the search, for example to a genre; without it
    all films are looked through that are not hidden. ``people`` are those whom the same query
    finds: their films come after fitting titles.
    """
    found = matches_of(query, limit, within, people)
    cards = Movie.objects.with_link_and_genres().in_bulk(list(found))
    return [cards[key] for key in found if key in cards]


def resolve_title(text: str, *, alternatives: int = 5) -> Resolution:
    """The one film that a title means: exact before partial, then the most rated."""
    found = find(text, limit=alternatives + 1)
    if not found or (found[0].match is Match.SIMILAR and found[0].similarity < TAKEN_SIMILARITY):
        return Resolution(text, None, False, [one.movie for one in found[:alternatives]])
    best, *others = found
    exact = best.match <= Match.BUT_FOR_ARTICLE
    same = [one.movie for one in others if not exact or one.match == best.match]
    return Resolution(text, best.movie, exact, same)


def find(query: str, *, limit: int, within: MovieQuerySet | None = None) -> list[Found]:
    """Films whose titles match, and how, best first, each once."""
    found = _ranked(query, limit, Movie.objects.visible() if within is None else within)
    cards = Movie.objects.with_link_and_genres().in_bulk(list(found))
    return [Found(cards[key], *how) for key, how in found.items() if key in cards]


def matches_of(
    query: str, limit: int, within: MovieQuerySet | None, people: Sequence[FoundPerson] = ()
) -> Matches:
    """The keys of what :func:`search_movies` finds, in its order, and how each matches."""
    movies = Movie.objects.visible() if within is None else within
    if ids := film_ids(query):
        found: Matches = {}
        _add(found, _as(Match.EXACT, with_ids(movies, ids)), limit)
        return found
    return _ranked(title_in(query), limit, movies, people, box=True)


def _ranked(
    query: str,
    limit: int,
    movies: MovieQuerySet,
    people: Sequence[FoundPerson] = (),
    *,
    box: bool = False,
) -> Matches:
    query = article_first(" ".join(query.split())[:LONGEST_QUERY])
    words, (title, year) = fold(query), split_year(query)
    found: Matches = {}
    if not words or limit < 1:
        return found
    films = _by_number(query, movies) if box else None
    if films is not None:
        _add(found, _direct(words, movies, box=True, beginning=True), limit)
        _add(found, films, limit)
    _add(found, _direct(words, movies, box=box), limit)
    if title:
        _add(found, _direct(title, movies.filter(year=year)), limit)
        _add(found, _direct(title, movies.filter(year__in=(year - 1, year + 1))), limit)
        _add(found, _direct(title, movies), limit, Match.OTHER_YEAR)
    if named := named_by(people):
        letters = _split_off_letters(found)
        _add(found, films_by(named, movies), limit)
        found |= letters
    if any(match < Match.HAS_LETTERS for match, _ in found.values()):
        _split_off_letters(found)
    if films is None and len(found) < min(FEW, limit) and has_trigrams():
        _add_similar(found, title or words, movies, limit)
    return found


def nearest_of(query: str, keys: Iterable[int]) -> float:
    """How like whole words of the nearest of these titles a query is, from 0 to 1."""
    likeness = TrigramStrictWordSimilarity(fold(query), "search_title")
    nearest = Movie.objects.filter(pk__in=list(keys)).aggregate(nearest=Max(likeness))["nearest"]
    return float(nearest or 0)


def named_by(people: Sequence[FoundPerson]) -> list[int]:
    """Those whose whole name was typed, or else those with these words in it."""
    best = min((one.match for one in people), default=NameMatch.BEGINS_WORD)
    if best is NameMatch.BEGINS_WORD:
        return []
    return [one.person.pk for one in people if one.match is best]


def _split_off_letters(found: Matches) -> Matches:
    """Take out the films that have the words inside of others: shown only where none is better."""
    keys = [key for key, (match, _) in found.items() if match is Match.HAS_LETTERS]
    return {key: found.pop(key) for key in keys}


def _add(found: Matches, rows: Rows, limit: int, worst: Match | None = None) -> None:
    """Complete the ranking."""
    if len(found) >= limit:
        return
    for key, place, nearness in rows.exclude(pk__in=list(found))[: limit - len(found)]:
        found[key] = worst or MATCH_AT[place], nearness


def _add_similar(found: Matches, words: str, movies: MovieQuerySet, limit: int) -> None:
    several = list(dict.fromkeys(_without_article(words).split()))
    words = " ".join(several)[:LONGEST_ALIKE].rstrip()
    if set(several) <= set(ARTICLES) or not any(sign.isalnum() for sign in words):
        return  # like every third title, or like none, for which all of them would be read
    with similarity_of("word", SHOWN_SIMILARITY):
        alike = movies.filter(search_title__trigram_word_similar=words).order_by(*POPULARITY)
        known = list(alike.values_list("pk", flat=True)[:MOST_ALIKE])
    _add(found, _nearest(words, known), limit)


def _without_article(words: str) -> str:
    first, _, rest = words.partition(" ")
    return rest if first in ARTICLES and rest else words


def _by_number(query: str, movies: MovieQuerySet) -> Rows | None:
    """The films of a year, or the film with that number at TMDB."""
    if year := year_in(query):
        return _as(Match.OF_YEAR, movies.filter(year=year))
    ids = bare_id(query)
    return _as(Match.EXACT, with_ids(movies, ids)) if ids else None


def _as(match: Match, movies: MovieQuerySet) -> Rows:
    """All of these films as one kind of match, the best known first."""
    return (
        movies.annotate(nearness=Value(1.0), place=Value(float(match)))
        .order_by(*POPULARITY)
        .values_list("pk", "place", "nearness")
    )


def _direct(
    words: str, movies: MovieQuerySet, *, box: bool = False, beginning: bool = False
) -> Rows:
    """Films in whose titles the words stand as they are, or which begin with them.

    For a search box one space more or less makes no other word.
    """
    core = _without_article(words)
    heads = [core, *(f"{article} {core}" for article in ARTICLES)]
    exact = [words] if core != words else heads
    near = respaced(words) if box and has_trigrams() else []

    def place(match: Match) -> Case | Value:
        rated = Value(float(match))
        if not box or match not in UNRATED:
            return rated
        return Case(When(rating_count__lt=FEWEST_PEOPLE, then=Value(UNRATED[match])), default=rated)

    # The database computes it for each film that has the words, a third of all for "the", and once
    # for each time that it is named: so it is one number, and what most films are is asked first.
    others = [head for head in heads if head not in exact]
    known = [
        (_lines(f"{head}\n" for head in (*exact, *near)), Match.EXACT),
        *([(_lines(f"{head}\n" for head in others), Match.BUT_FOR_ARTICLE)] if others else []),
        (_lines(f"{head} " for head in (*heads, *near)), Match.BEGINS),
        (_lines(heads), Match.BEGINS_WORD),
        (_any([f" {core} ", f" {core}\n"]), Match.HAS_WORDS),
    ]
    begins_word = _any([f"\n{core}", f" {core}"]) | _lines(near)
    return (
        movies.filter(_has(core, heads, near, beginning=beginning))
        .annotate(
            place=Case(
                When(~begins_word, then=place(Match.HAS_LETTERS)),
                *(When(titles, then=place(match)) for titles, match in known),
                default=place(Match.HAS_WORD_BEGINNING),
                output_field=FloatField(),
            ),
            nearness=Value(1.0),
        )
        .order_by("place", *POPULARITY)
        .values_list("pk", "place", "nearness")
    )


def _has(core: str, heads: Sequence[str], near: Sequence[str], *, beginning: bool) -> Q:
    """Films to be looked at."""
    if beginning:
        return _lines(f"{head}{end}" for head in (*heads, *near) for end in " \n")
    # Letters or two in the midst of titles mean nothing, and half of all films have them.
    return (_lines(heads) if len(core) <= 2 else _any([core])) | _lines(near)


def films_by(people: Sequence[int], movies: MovieQuerySet) -> Rows:
    """The films of these people."""
    theirs = Credit.objects.filter(person__in=people).order_by().values("movie")
    return _as(Match.BY_PERSON, movies.filter(pk__in=theirs))


def _lines(beginnings: Iterable[str]) -> Q:
    """Of the titles of a film one begins so."""
    return _any(f"\n{beginning}" for beginning in beginnings)


def _any(patterns: Iterable[str]) -> Q:
    condition = Q()
    for pattern in patterns:
        condition |= Q(search_title__contains=pattern)
    return condition


def _nearest(words: str, keys: Sequence[int]) -> Rows:
    """These films by how like the words a title is, the more rated ones somewhat before."""
    nearness = TrigramWordSimilarity(words, "search_title")
    rank = (
        nearness
        + TrigramSimilarity("search_title", words) * 0.3
        + Ln(ORDERING_COUNT, output_field=FloatField()) * 0.03
    )
    return (
        Movie.objects.filter(pk__in=keys)
        .annotate(nearness=nearness, place=Value(float(Match.SIMILAR)))
        .order_by(rank.desc(), *POPULARITY)
        .values_list("pk", "place", "nearness")
    )
