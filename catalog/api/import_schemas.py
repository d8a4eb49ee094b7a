"""What the API gives of a member's imports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StrictBool, StringConstraints, model_validator

from catalog.models.import_row import RowOutcome

from .pages import Part
from .schemas import MovieId, MovieOut, Page, example


class ImportOut(Schema):
    """``state``: reading, refused, preview (waits for you), applying, applied, undoing, undone.

    ``questions`` is how many have to be answered before it can be applied; ``result`` counts what
    was written.
    """

    id: int
    file_name: str
    source: str | None
    state: str
    questions: int
    created_at: datetime
    changed_at: datetime
    result: dict[str, Any]


class ImportList(Page):
    items: list[ImportOut]


class QuestionOut(Schema):
    """``topic``: use (what rows without stars are), dates (what comes first), columns, scale.

    ``about`` is the file, and of a column its name; ``guess`` is what is supposed meanwhile.
    """

    key: str
    topic: str
    about: str
    required: bool
    options: list[str]
    guess: str
    answer: str
    examples: list[str]


class QuestionList(Schema):
    items: list[QuestionOut]
    count: int


Text = Annotated[str, StringConstraints(max_length=300)]


class AnswersIn(Schema):
    """One of the options for each ``key`` that you answer."""

    model_config = example(answers={"use:films.csv": "watchlist"})

    answers: Annotated[dict[Text, Text], Field(min_length=1, max_length=500)]


class RowPart(Part):
    outcome: RowOutcome | None = None


class RowOut(Schema):
    """``outcome``: new, conflict, unmatched, waiting, same, repeated, left-out.

    ``take`` says whose stars count in a conflict: mine, theirs, or as the import's rule says.
    """

    id: int
    kind: str
    title: str
    year: int | None
    rating: float | None
    watched_on: date | None
    outcome: str
    take: str
    movie: MovieOut | None
    suggestions: list[MovieOut]


class RowList(Page):
    items: list[RowOut]


class DecisionIn(Schema):
    """What is left out stays as it is; something has to be said."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"movie": 1}], "minProperties": 1})

    movie: MovieId | None = None
    left_out: StrictBool | None = None
    take: Literal["mine", "theirs", "rule"] | None = None

    @model_validator(mode="after")
    def something_is_said(self) -> DecisionIn:
        if not self.model_fields_set:
            raise ValueError("Say something: movie, left_out or take")
        return self
