"""Questions about a file, as the preview shows them."""

from typing import Any, TypedDict

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


class Asked(TypedDict):
    """One thing to be answered by one of its options; ``about`` a file, or a column of it."""

    key: str
    topic: str
    about: str
    required: bool
    options: list[str]
    guess: str
    answer: str
    examples: list[str]


def fields(job: MemberImport) -> list[Asked]:
    """The questions for a program: each column of a table is one, and so is its scale."""
    asked: list[Asked] = []
    for question in job.report.get("questions", []):
        if question["topic"] == "columns":
            asked += _fields_of_columns(question, job.answers)
        else:
            asked.append(
                {
                    "key": question["key"],
                    "topic": question["topic"],
                    "about": question["file"],
                    "required": question["required"],
                    "options": list(question["options"]),
                    "guess": question["guess"],
                    "answer": question["answer"],
                    "examples": list(question["examples"]),
                }
            )
    return asked


def _fields_of_columns(question: dict[str, Any], answers: dict[str, str]) -> list[Asked]:
    shown = _columns(question, 0)
    scale = shown["scale"]
    wanted = [
        (one["key"], f"{question['file']}: {one['name']}", ["", *ROLES], one["role"])
        for one in shown["columns"]
    ]
    wanted.append((scale["key"], question["file"], scale["options"], scale["chosen"]))
    return [
        {
            "key": key,
            "topic": "scale" if key == scale["key"] else "columns",
            "about": about,
            "required": question["required"],
            "options": options,
            "guess": guess,
            "answer": answers.get(key, ""),
            "examples": list(question["examples"]),
        }
        for key, about, options, guess in wanted
    ]


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
