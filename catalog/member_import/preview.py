"""Preview of an import: how many rows of each outcome, and a page of one of them."""

from dataclasses import dataclass

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import NullIf, RowNumber

from catalog.models import ImportRow, MemberImport, Rating
from catalog.models.import_row import MatchedBy, RowKind, RowOutcome
from catalog.models.member_import import ConflictRule
from catalog.queries.namesakes import suggestions_by_key
from catalog.queries.search import find

from .decide import IDENTITY
from .messages import text_of

FOUND_BY_HAND = 6
LESS_SURE = (MatchedBy.NEAR_YEAR, MatchedBy.ALIKE)


@dataclass(frozen=True)
class Tab:
    outcome: RowOutcome
    count: int


@dataclass(frozen=True)
class ListSummary:
    """A list of the file, with how many films it has there and how many of them are new here."""

    title: str
    description: str
    films: int
    new: int


@dataclass(frozen=True)
class RefusedRow:
    """A row that could not be taken, and why, in the reader's language."""

    file: str
    line: int
    text: str


@dataclass(frozen=True)
class Summary:
    """What applying would do now, in films.

    ``tabs`` are the outcomes that occur, in the order of `RowOutcome`; films that were not found
    count once, however often they are in the file.
    """

    tabs: list[Tab]
    new_ratings: int
    changed_ratings: int
    kept_ratings: int
    new_on_watchlist: int
    new_in_diary: int
    newly_seen: int
    films_seen: int
    new_hidden: int
    new_in_lists: int
    lists: list[ListSummary]
    has_preferences: bool
    waiting: int

    @property
    def changes(self) -> int:
        return sum(
            (
                self.new_ratings,
                self.changed_ratings,
                self.new_on_watchlist,
                self.new_in_diary,
                self.newly_seen,
                self.new_hidden,
                self.new_in_lists,
                self.has_preferences,
                self.waiting,
                len(self.lists),
            )
        )

    def first_to_show(self) -> str:
        """Where something is to be decided, else what is new."""
        counts = {tab.outcome: tab.count for tab in self.tabs}
        order = (RowOutcome.CONFLICT, RowOutcome.UNMATCHED, *RowOutcome)
        return next((one for one in order if counts.get(one)), RowOutcome.NEW)


def summary(job: MemberImport) -> Summary:
    """A few queries, whatever the number of rows."""
    counts: dict[tuple[str, str], int] = {
        (row["outcome"], row["kind"]): row["rows"]
        for row in job.rows.order_by().values("outcome", "kind").annotate(rows=Count("pk"))
    }
    by_outcome = {
        outcome: sum(count for (of, _), count in counts.items() if of == outcome)
        for outcome in RowOutcome
    }
    if by_outcome[RowOutcome.UNMATCHED]:
        by_outcome[RowOutcome.UNMATCHED] = _missing(job, RowOutcome.UNMATCHED).count()
    conflicts = by_outcome[RowOutcome.CONFLICT]
    changed = _with_mine(job).filter(outcome=RowOutcome.CONFLICT).filter(TAKES_THEIRS).count()
    new = {kind: counts.get((RowOutcome.NEW, kind), 0) for kind in RowKind}
    return Summary(
        tabs=[Tab(outcome, count) for outcome, count in by_outcome.items() if count],
        new_ratings=new[RowKind.RATING],
        changed_ratings=changed,
        kept_ratings=conflicts - changed,
        new_on_watchlist=new[RowKind.WATCHLIST],
        new_in_diary=new[RowKind.DIARY],
        newly_seen=new[RowKind.SEEN],
        films_seen=_films_seen(job),
        new_hidden=new[RowKind.HIDDEN],
        new_in_lists=new[RowKind.LIST],
        lists=_lists(job),
        has_preferences=bool(job.report.get("preferences")),
        waiting=by_outcome[RowOutcome.UNMATCHED],
    )


def _films_seen(job: MemberImport) -> int:
    """Films that become seen: by their stars, their day in the diary, or a mark."""
    seen = [RowKind.RATING, RowKind.DIARY, RowKind.SEEN]
    new = job.rows.filter(outcome=RowOutcome.NEW, kind__in=seen).order_by()
    return new.values("movie_id").distinct().count()


def _lists(job: MemberImport) -> list[ListSummary]:
    films = {
        row["list_number"]: (row["films"], row["new"])
        for row in job.rows.filter(kind=RowKind.LIST)
        .order_by()
        .values("list_number")
        .annotate(films=Count("pk"), new=Count("pk", filter=Q(outcome=RowOutcome.NEW)))
    }
    return [
        ListSummary(one.title, one.description, *films.get(one.number, (0, 0)))
        for one in job.lists.all()
    ]


TAKES_THEIRS = Q(rule=ConflictRule.THEIRS) | Q(
    rule=ConflictRule.NEWEST, happened_at__gt=F("my_rated_at")
)


def rows_of(job: MemberImport, outcome: str) -> QuerySet[ImportRow]:
    """The rows of an outcome with their films, the member's own stars, and whose stars count.

    ``my_half_stars`` and ``my_rated_at`` are None where there are none; ``takes_theirs`` says
    whether the file's stars count in a conflict. Films that were told less surely come first.
    """
    missing = (RowOutcome.UNMATCHED, RowOutcome.WAITING)
    rows = _missing(job, outcome) if outcome in missing else _with_mine(job)
    return (
        rows.filter(outcome=outcome)
        .order_by(Case(When(matched_by__in=LESS_SURE, then=0), default=1), "position")
        .select_related("movie", "movie__link")
        .prefetch_related("movie__genres")
    )


def _missing(job: MemberImport, outcome: str) -> QuerySet[ImportRow]:
    """Each film that was not found once, though it has stars and is in the diary."""
    again = Window(RowNumber(), partition_by=[F(name) for name in IDENTITY], order_by="position")
    return job.rows.filter(outcome=outcome).annotate(time=again).filter(time=1)


def _with_mine(job: MemberImport) -> QuerySet[ImportRow]:
    mine = Rating.objects.filter(user_id=job.user_id, movie_id=OuterRef("movie_id"))
    rows = job.rows.annotate(
        my_half_stars=Subquery(mine.values("half_stars")[:1]),
        my_rated_at=Subquery(mine.values("rated_at")[:1]),
        rule=Case(When(take="", then=Value(job.on_conflict)), default=NullIf("take", Value(""))),
    )
    return rows.annotate(takes_theirs=Case(When(TAKES_THEIRS, then=True), default=False))


def attach_suggestions(rows: list[ImportRow], *, row_id: int = 0, query: str = "") -> None:
    """Give each row its `Suggestion`s as ``suggested``, in a few queries for all rows.

    For the row ``row_id`` they are what ``query`` finds instead.
    """
    by_hand = [one.movie.pk for one in find(query, limit=FOUND_BY_HAND)] if row_id and query else []
    suggested = {row.pk: by_hand if row.pk == row_id and query else row.suggestions for row in rows}
    keys = {key for some in suggested.values() for key in some}
    films = suggestions_by_key(keys)
    for row in rows:
        row.suggested = [films[key] for key in suggested[row.pk] if key in films]  # type: ignore[attr-defined]


def problems(job: MemberImport) -> list[RefusedRow]:
    """The first rows that could not be taken."""
    return [
        RefusedRow(one["file"], one["line"], text_of(one["code"], one["values"]))
        for one in job.report.get("problems", [])
    ]


def files_aside(job: MemberImport) -> list[tuple[str, str]]:
    """The files of a ZIP that are not taken, each with why."""
    return [(file, text_of(code)) for file, code in job.report.get("files_aside", [])]


def asides(job: MemberImport) -> list[tuple[str, int]]:
    """What was passed over because this site does not keep it, with how many rows."""
    return [(text_of(code), count) for code, count in job.report.get("aside", {}).items()]


def waiting_films(user_id: int) -> int:
    """How many films the member's imports wait for."""
    rows = ImportRow.objects.filter(
        member_import__user_id=user_id, outcome=RowOutcome.WAITING
    ).order_by()
    return rows.values(*IDENTITY).distinct().count()


def refusal(job: MemberImport) -> str:
    """Why the file was refused, "" where it was not."""
    told = job.report.get("refusal")
    return text_of(told["code"], told["values"]) if told else ""
