"""Personal data: the tables that are exported, and deleted with the account.

A test walks through all models: one that belongs to a user has to be in ``PARTS`` or in
``LEFT_OUT``, and its rows have to go when the user goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, IntegerField, Model, OuterRef, Q, Subquery

from catalog.models import (
    Block,
    DiaryEntry,
    FilmRequest,
    Friendship,
    Genre,
    HiddenMovie,
    HookAddress,
    HookDelivery,
    ImportList,
    MemberImport,
    MemberLanguage,
    MovieList,
    MovieListEntry,
    Notice,
    NoticeChoices,
    Provider,
    Rating,
    Report,
    SeenMovie,
    ServerAccount,
    StreamingChoice,
    Takedown,
    WaitingRow,
    WatchEvent,
    WatchlistEntry,
    WatchSync,
)
from catalog.models.import_row import RowOutcome
from catalog.models.sharing import CHOICES, shares
from recommender.models import HomeVisit, Preferences, TonightAnswer

from .models import ApiToken, AuditEntry, User

ROWS_AT_ONCE = 2000
STARS = F("half_stars") / 2.0


@dataclass(frozen=True)
class Part:
    """One table of an export.

    Attributes
    ----------
    name
        The key in the JSON document and the name of the CSV file.
    model
        Where its rows are.
    columns
        For each column what stands in it: a path from ``model``, or an expression.
    owner
        The path from ``model`` to the primary key of the user whom a row belongs to.
    order
        What the rows are ordered by.
    condition
        Which rows of the model belong here.
    """

    name: str
    model: type[Model]
    columns: Mapping[str, Any] = field(hash=False)
    owner: str = "user_id"
    order: tuple[str, ...] = ("pk",)
    condition: Q = field(default_factory=Q, hash=False)

    def rows(self, user: User) -> Iterator[dict[str, Any]]:
        """The user's rows, read a few thousand at a time."""
        mine = self.model._default_manager.filter(self.condition, **{self.owner: user.pk}).order_by(
            *self.order
        )
        values = mine.values_list(*self.columns.values())
        for row in values.iterator(chunk_size=ROWS_AT_ONCE):
            yield dict(zip(self.columns, row, strict=True))


def _film(path: str = "movie") -> dict[str, str]:
    return {
        "title": f"{path}__title",
        "year": f"{path}__year",
        "movielens_id": f"{path}__link__movielens_id",
        "imdb_id": f"{path}__link__imdb_id",
        "tmdb_id": f"{path}__link__tmdb_id",
    }


def _genre_names(keys: str) -> ArraySubquery:
    place = Func(OuterRef(keys), F("pk"), function="array_position", output_field=IntegerField())
    chosen = Genre.objects.annotate(place=place).filter(place__isnull=False)
    return ArraySubquery(chosen.order_by("name").values("name"))


def _provider_names() -> ArraySubquery:
    place = Func(
        OuterRef("providers"), F("pk"), function="array_position", output_field=IntegerField()
    )
    chosen = Provider.objects.annotate(place=place).filter(place__isnull=False)
    return ArraySubquery(chosen.order_by("name").values("name"))


def _list_title() -> Subquery:
    lists = ImportList.objects.filter(
        member_import=OuterRef("member_import"), number=OuterRef("list_number")
    )
    return Subquery(lists.values("title")[:1])


def _same(*names: str) -> dict[str, str]:
    return dict(zip(names, names, strict=True))


_USED = ("created_at", "last_used_at")

PARTS = (
    Part(
        "account",
        User,
        {
            **_same("username", "email", "first_name", "last_name", "date_joined", "last_login"),
            **_same("proxy_name"),
            **{name: shares(name) for name in (*CHOICES, "taken_down")},
            "is_staff": "is_staff",
        },
        owner="pk",
    ),
    Part("email_addresses", EmailAddress, _same("email", "verified", "primary")),
    Part(
        "ratings",
        Rating,
        {**_film(), "rating": STARS, **_same("rated_at", "updated_at")},
    ),
    Part(
        "diary",
        DiaryEntry,
        {**_film(), "rating": STARS, **_same("watched_on", "rewatch", "note", "created_at")},
        order=("watched_on", "pk"),
    ),
    Part(
        "imports",
        MemberImport,
        _same("source", "file_name", "state", "created_at", "applied_at"),
    ),
    Part(
        "lists",
        MovieList,
        _same("id", "title", "description", "is_public", "taken_down", "created_at", "updated_at"),
    ),
    Part(
        "list_films",
        MovieListEntry,
        {"list_id": "list_id", "list": "list__title", **_film(), **_same("note", "added_at")},
        owner="list__user_id",
        order=("list_id", "position"),
    ),
    Part("films_asked_for", FilmRequest, _same("title", "tmdb_id", "state", "created_at")),
    Part("watchlist", WatchlistEntry, {**_film(), "added_at": "added_at"}),
    Part("hidden_films", HiddenMovie, {**_film(), "hidden_at": "hidden_at"}),
    Part("seen_films", SeenMovie, {**_film(), **_same("watched_on", "marked_at")}),
    # What members' imports said of films that are not here yet.
    Part(
        "waiting_films",
        WaitingRow,
        {
            **_same("title", "year", "movielens_id", "imdb_id", "tmdb_id", "kind"),
            "rating": STARS,
            **_same("happened_at", "watched_on", "rewatch", "note"),
            "list": _list_title(),
        },
        owner="member_import__user_id",
        condition=Q(outcome=RowOutcome.WAITING),
    ),
    Part(
        "preferences",
        Preferences,
        {
            "include_genres": _genre_names("include_genres"),
            "exclude_genres": _genre_names("exclude_genres"),
            **_same("year_from", "year_to", "runtime_from", "runtime_to", "languages"),
            **_same("show_adult", "popularity", "diversity"),
        },
    ),
    Part(
        "services",
        StreamingChoice,
        {**_same("country", "only_mine"), "providers": _provider_names()},
    ),
    Part("language", MemberLanguage, _same("language")),
    Part("notices", Notice, _same("kind", "subject", "made_at", "read_at")),
    Part(
        "ways_of_notices",
        NoticeChoices,
        _same("silenced", "mailed", "pushed", "feed", "apprise_urls"),
    ),
    Part(
        "answers_about_tonight",
        TonightAnswer,
        {**_film(), **_same("taken", "weekend", "answered_at")},
    ),
    Part("home_visits", HomeVisit, _same("before", "latest")),
    Part(
        "friends_asked",
        Friendship,
        {"username": "receiver__username", **_same("asked_at", "accepted_at")},
        owner="sender_id",
    ),
    Part(
        "friends_asking",
        Friendship,
        {"username": "sender__username", **_same("asked_at", "accepted_at")},
        owner="receiver_id",
    ),
    # Those whom the member blocks; who blocks the member is theirs to know.
    Part(
        "blocked_members",
        Block,
        {"username": "blocked__username", "blocked_at": "blocked_at"},
        owner="blocker_id",
    ),
    # Those that the member made; who reported the member is theirs to know.
    Part(
        "reports",
        Report,
        {
            # By number: what they are called now is not for the reporter to learn.
            **_same("list_id", "member_id", "concern", "note"),
            **_same("made_at", "settled_at", "outcome"),
        },
        owner="reporter_id",
    ),
    Part(
        "takedowns",
        Takedown,
        {
            **_same("part", "concern", "explanation", "former_name", "made_at"),
            "list": "list__title",
            **_same("review_asked_at", "plea", "answered_at", "answer", "lifted_at"),
        },
        owner="member_id",
    ),
    Part("media_server_address", HookAddress, _same("hint", "account", *_USED)),
    Part("media_server_accounts", ServerAccount, _same("server", "account", "first_heard_at")),
    Part(
        "media_server_syncs",
        WatchSync,
        _same("id", "server", "fetched", "state", "created_at", "changed_at"),
    ),
    Part(
        "media_server_plays",
        WatchEvent,
        {
            "sync": "sync_id",
            **_same("server", "title", "year", "imdb_id", "tmdb_id"),
            "rating": STARS,
            **_same("watched_on", "rewatch", "happened_at", "received_at", "state"),
            **_same("asked_at", "declined"),
        },
    ),
    Part(
        "media_server_deliveries",
        HookDelivery,
        _same("server", "title", "ignored", "repeated", "times", "received_at"),
    ),
    Part("api_tokens", ApiToken, _same("name", "hint", "scope", "expires_at", *_USED)),
    Part(
        "second_factors",
        Authenticator,
        {"type": "type", "name": "data__name", **_same("created_at", "last_used_at")},
    ),
    Part("account_events", AuditEntry, _same("at", "action", "ip", "about", "detail"), "actor_id"),
    Part(
        "log_ins_elsewhere",
        SocialAccount,
        {**_same("provider", "uid"), "said": "extra_data", **_same("date_joined", "last_login")},
    ),
    Part("sessions", UserSession, _same("ip", "user_agent", "created_at", "last_seen_at")),
)

# What was done to the catalog, of which the name of who did it is forgotten with the account.
DONE_BY_EDITORS = frozenset(
    {"catalog.datasetjob", "catalog.distinctfilms", "catalog.filmchange", "catalog.filmmerge"}
)
KEPT_WITHOUT_NAME = DONE_BY_EDITORS | {"accounts.auditentry"}

# Deleted with the account, but no part of an export: model -> why.
LEFT_OUT = {
    "accounts.user_groups": "what an administrator allowed",
    "accounts.user_user_permissions": "what an administrator allowed",
    "accounts.quickpin": "only the hash of a PIN",
    "account.emailconfirmation": "a key that works once",
    "socialaccount.socialtoken": "a key of another site; none is kept",
    "accounts.keptanswer": "what the API said to a program within a day, of what stands elsewhere",
    "catalog.sharing": "stands in the part of the account, also where nothing was chosen",
    "catalog.importrow": "what another site said: what came of it are ratings, lists and diary",
    "catalog.importlist": "stands in the parts of the lists, and of what waits",
    "catalog.importpiece": "an uploaded file that is being read",
    "admin.logentry": "how the site was administered",
    "catalog.movienight": "proposals for one evening, gone a week later",
    "catalog.nightvoter": "a name typed for one evening, which no account stands behind",
    "catalog.savedsearch": "a filter of an editor's list in the administration",
    "catalog.knownoffers": "what the services had when somebody looked last",
    "catalog.mergedrow": "rows of a member's that an undo of merged films would bring back",
    **dict.fromkeys(DONE_BY_EDITORS, "what an editor did to films, kept without the name"),
}
