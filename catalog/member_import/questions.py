"""Questions about a file, as the preview shows them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.models import MemberImport
from catalog.models.import_row import RowKind

from .formats import dates, generic

CHOICES = {
    RowKind.WATCHLIST: _("My watchlist"),
    RowKind.SEEN: _("Films that I have seen"),
    RowKind.LIST: _("A list of its own"),
    dates.DAY_FIRST: _("The day"),
    dates.MONTH_FIRST: _("The month"),
    dates.LEFT_OUT: _("Leave the days out"),
}
ROLES = {
    "title": _("title"),
    "original_title": _("original title"),
    "year": _("year"),
    "release_date": _("release date"),
    "imdb_id": _("IMDb id"),
    "tmdb_id": _("TMDB id"),
    "letterboxd_id": _("Letterboxd address"),
    "movielens_id": _("MovieLens id"),
    "director": _("director"),
    "type": _("film, series or another kind"),
    "rating": _("stars or points"),
    "rated_at": _("day of rating or adding"),
    "watched_on": _("day of watching"),
    "rewatch": _("seen before"),
    "note": _("note or review"),
}


def questions(job: MemberImport) -> list[dict[str, Any]]:
    """What is asked about the file, each with what was answered or is supposed."""
    asked = job.report.get("questions", [])
    return [
        _columns(one, number) if one["topic"] == "columns" else _choice(one, number)
        for number, one in enumerate(asked)
    ]


def _choice(question: dict[str, Any], number: int) -> dict[str, Any]:
    choices = [
        {"value": value, "label": CHOICES[value], "id": f"question-{number}-{value}"}
        for value in question["options"]
    ]
    return {**question, "choices": choices, "chosen": question["answer"] or question["guess"]}


def _columns(question: dict[str, Any], number: int) -> dict[str, Any]:
    roles, _sign, scale = question["guess"].rpartition(";")
    columns = [
        {
            "key": f"{question['key']}:{place}",
            "id": f"question-{number}-{place}",
            "name": name,
            "role": role,
        }
        for place, (name, role) in enumerate(
            zip(question["options"], roles.split(","), strict=False)
        )
    ]
    return {
        **question,
        "columns": columns,
        "roles": list(ROLES.items()),
        "scale": {
            "key": f"{question['key']}:scale",
            "id": f"question-{number}-scale",
            "options": [str(one) for one in generic.SCALES],
            "chosen": scale,
        },
        "is_open": not question["answer"],
    }
