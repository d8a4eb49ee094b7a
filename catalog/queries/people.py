"""People: found by name, behind a film, and with the films of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext

from catalog.folding import fold
from catalog.models import Credit, Department, Movie, Person
from catalog.models.movie import FEWEST_PEOPLE

from .trigrams import has_trigrams, similarity_of

LONGEST_QUERY = 100
SHORTEST_QUERY = 3  # with fewer letters half of all people begin
SHORTEST_MISSPELT = 5  # with fewer letters any two names are alike
LEAST_SIMILARITY = 0.4  # of 1, to whole words of a name
# A first name alone is half of two words, and thousands have it: whoever is near in both words is
# looked for before, and else each word that is long enough to be misspelt has to be like one.
NEAR_IN_ALL_WORDS = 0.6
LEAST_OF_EACH_WORD = 0.25
LONG_WORD = 3
# Of those whose names fit, so many with the most credits are asked how well known their films are.
CANDIDATES = 20
# What the name of the department says already.
EVIDENT_JOBS = ("Director", "Director of Photography", "Original Music Composer")

# Of those films alone whose figure anybody may know.
_RATINGS = f"sum(rating_count) FILTER (WHERE rating_count >= {FEWEST_PEOPLE})"
_MOST_CREDITED = f"""
    (SELECT id, {{how}} AS how, credit_count FROM {Person._meta.db_table}
    WHERE search_name {{fits}} AND credit_count > 0
    ORDER BY credit_count DESC, id LIMIT {CANDIDATES})"""  # noqa: S608
# By themselves, so that of a name that ten thousand have the index on credits finds the first.
_NAMED = " UNION ALL ".join(
    _MOST_CREDITED.format(how=how, fits=fits)
    for how, fits in enumerate(("= %(exact)s", "LIKE %(words)s", "LIKE %(beginnings)s"))
)
_FIND = f"""
    WITH named AS (
        SELECT id, min(how) AS how, min(credit_count) AS credit_count FROM ({_NAMED}) AS one
        GROUP BY id ORDER BY how, credit_count DESC, id LIMIT {CANDIDATES})
    SELECT named.id, how FROM named, LATERAL (
        SELECT {_RATINGS} AS ratings FROM {Movie._meta.db_table}
        WHERE id IN (SELECT movie_id FROM {Credit._meta.db_table} WHERE person_id = named.id)
    ) AS films
    ORDER BY how, ratings DESC NULLS LAST, credit_count DESC, named.id LIMIT %(limit)s
"""  # noqa: S608


# The better known of two names that are about as near is rather meant.
_FIND_SIMILAR = f"""
    WITH similar_names AS MATERIALIZED (
        SELECT id, strict_word_similarity(%(words)s, search_name) AS near, credit_count
        FROM {Person._meta.db_table}
        WHERE credit_count > 0 AND %(words)s <<%% search_name {{each_word}}
    ), named AS (
        SELECT * FROM similar_names
        ORDER BY near + .03 * ln(credit_count) DESC, id LIMIT {CANDIDATES})
    SELECT named.id, near FROM named, LATERAL (
        SELECT coalesce({_RATINGS}, 0) AS ratings FROM {Movie._meta.db_table}
        WHERE id IN (SELECT movie_id FROM {Credit._meta.db_table} WHERE person_id = named.id)
    ) AS films
    ORDER BY near + .03 * ln(1 + ratings) DESC, credit_count DESC, named.id LIMIT %(limit)s
"""  # noqa: S608


class NameMatch(IntEnum):
    """How a name answers a query; the lower the better."""

    EXACT = 0
    HAS_WORDS = 1  # "Kubrick"
    BEGINS_WORD = 2  # "Kubr"
    SIMILAR = 3  # "Kubrik"


@dataclass(frozen=True)
class FoundPerson:
    """Somebody, how the name matches, and for a near miss how similar it is (1 otherwise)."""

    person: Person
    match: NameMatch
    similarity: float = 1.0


def find_people(query: str, *, limit: int) -> list[FoundPerson]:
    """People in whose names the words of a query stand or begin, the best known first."""
    words = _folded(query)
    if len(words) < SHORTEST_QUERY or limit < 1:
        return []
    pattern = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    with connection.cursor() as cursor:
        cursor.execute(
            _FIND,
            {
                "exact": f" {words} ",
                "words": f"% {pattern} %",
                "beginnings": f"% {pattern}%",
                "limit": limit,
            },
        )
        found = dict(cursor.fetchall())
    people = Person.objects.in_bulk(list(found)) if found else {}
    return [FoundPerson(people[key], NameMatch(how)) for key, how in found.items() if key in people]


def find_similar_people(query: str, *, limit: int) -> list[FoundPerson]:
    """People whose names are like a query, the nearest and best known first.

    Nobody where the database has no trigrams, and for what has digits.
    """
    several = list(dict.fromkeys(_folded(query).split()))
    words = " ".join(several)
    too_short = sum(map(len, several)) < SHORTEST_MISSPELT
    if too_short or limit < 1 or any(sign.isdigit() for sign in words) or not has_trigrams():
        return []
    if len(several) == 1:
        found = _similar_names(words, LEAST_SIMILARITY, limit)
    else:
        found = _similar_names(words, NEAR_IN_ALL_WORDS, limit) or _similar_names(
            words, LEAST_SIMILARITY, limit, [one for one in several if len(one) >= LONG_WORD]
        )
    people = Person.objects.in_bulk(list(found)) if found else {}
    return [
        FoundPerson(people[key], NameMatch.SIMILAR, near)
        for key, near in found.items()
        if key in people
    ]


def _similar_names(
    words: str, least: float, limit: int, each_word: Sequence[str] = ()
) -> dict[int, float]:
    """Keys of people, and how near their names are, of which words are like each of some."""
    named = {f"word{number}": word for number, word in enumerate(each_word)}
    each = "".join(f" AND %({name})s <%% search_name" for name in named)
    with (
        similarity_of("strict_word", least),
        similarity_of("word", LEAST_OF_EACH_WORD),
        connection.cursor() as cursor,
    ):
        statement = _FIND_SIMILAR.format(each_word=each)
        cursor.execute(statement, {"words": words, "limit": limit, **named})
        return dict(cursor.fetchall())


def _folded(query: str) -> str:
    """Nothing of signs alone: nobody is called so, for which all names would be read."""
    words = fold(" ".join(query.split())[:LONGEST_QUERY])
    return words if any(sign.isalnum() for sign in words) else ""


@dataclass(frozen=True)
class FilmCredits:
    """Who made one film, in the order of its credits; ``crew`` without the direction."""

    directors: list[Credit]
    crew: list[tuple[Department, list[Credit]]]
    cast: list[Credit]

    def __bool__(self) -> bool:
        return bool(self.directors or self.crew or self.cast)


def credits_of(movie: Movie) -> FilmCredits:
    """The people of a film, in one query; a person with two jobs in a department stands once."""
    by_department: dict[str, dict[int, Credit]] = {}
    for credit in movie.credits.select_related("person").order_by("position", "pk"):
        by_department.setdefault(credit.department, {}).setdefault(credit.person_id, credit)
    listed = {name: list(credits.values()) for name, credits in by_department.items()}
    return FilmCredits(
        directors=listed.pop(Department.DIRECTING, []),
        cast=listed.pop(Department.ACTING, []),
        crew=[(one, listed[one]) for one in Department if one in listed],
    )


def directors_of(movie_ids: Iterable[int]) -> dict[int, list[str]]:
    """The names of who directed each of the films, in the order of the credits, in one query."""
    found: dict[int, list[str]] = {}
    rows = Credit.objects.filter(movie__in=list(movie_ids), department=Department.DIRECTING)
    order = rows.order_by("movie_id", "position", "pk")
    for movie_id, name in order.values_list("movie_id", "person__name"):
        names = found.setdefault(movie_id, [])
        if name not in names:
            names.append(name)
    return found


@dataclass(frozen=True)
class FilmRole:
    """What somebody did in one film: jobs, or characters, as one line."""

    movie_id: int
    what: str


@dataclass(frozen=True)
class Filmography:
    """``sections``: departments, that with the most films first, and the films in time order."""

    sections: list[tuple[Department, list[FilmRole]]]

    @property
    def movie_ids(self) -> list[int]:
        ids = (role.movie_id for _, roles in self.sections for role in roles)
        return list(dict.fromkeys(ids))


def filmography(person: Person) -> Filmography:
    """The films of a person, but those for adults only, in one query."""
    suitable = Q(movie__adult=False) | Q(movie__adult__isnull=True)
    rows = (
        Credit.objects.filter(suitable, person=person)
        .order_by("movie__year", "movie__release_date", "movie_id", "position")
        .values_list("department", "movie_id", "job", "character")
    )
    films: dict[str, dict[int, list[str]]] = {}
    for department, movie_id, job, character in rows:
        roles = films.setdefault(department, {}).setdefault(movie_id, [])
        if job not in EVIDENT_JOBS and (what := gettext(job) if job else character):
            roles.append(what)
    order = sorted(films, key=lambda one: (-len(films[one]), one))
    return Filmography([(Department(one), _roles(films[one].items())) for one in order])


def _roles(films: Iterable[tuple[int, list[str]]]) -> list[FilmRole]:
    return [FilmRole(movie_id, ", ".join(roles)) for movie_id, roles in films]
