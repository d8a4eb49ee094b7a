"""Asks TMDB: one method for each question, with turns, retries, time-outs and clear errors."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime

import requests
import stamina
from django.conf import settings
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from . import errors
from .cells import Json, record, whole
from .films import APPENDED, film_record
from .lists import changed_ids, found_films
from .records import FilmRecord, FoundFilm
from .throttle import wait_for_turn

V3_KEY = re.compile(r"[0-9a-fA-F]{32}")
CONNECT_SECONDS = 3.05
MOST_BYTES = 8_000_000
MOST_PAGES_OF_CHANGES = 500  # as TMDB serves them


@dataclass(frozen=True)
class Patience:
    """How long a caller waits: for one answer, and for all attempts together."""

    answer_seconds: float
    attempts: int
    total_seconds: float


# Somebody waits for a page; nobody waits for a task.
FOR_PAGES = Patience(answer_seconds=4, attempts=2, total_seconds=6)
FOR_TASKS = Patience(answer_seconds=20, attempts=5, total_seconds=120)


def is_on() -> bool:
    """Whether the site has a key, without which TMDB is never asked."""
    return bool(settings.TMDB_API_KEY)


class _Key(AuthBase):
    """A v3 key stands in the query, a v4 read access token in a header."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        key = settings.TMDB_API_KEY
        if V3_KEY.fullmatch(key):
            request.prepare_url(request.url, {"api_key": key})
        else:
            request.headers["Authorization"] = f"Bearer {key}"
        return request


class Tmdb:
    """Raises TmdbError, in the kind that tells what went wrong, wherever it has no answer."""

    def __init__(self, patience: Patience = FOR_TASKS) -> None:
        if not is_on():
            raise errors.TmdbOffError
        self._patience = patience
        self._session = requests.Session()
        self._session.auth = _Key()
        self._session.headers["Accept"] = "application/json"

    def search(
        self, title: str, *, year: int | None = None, language: str = "en"
    ) -> list[FoundFilm]:
        """The first twenty films that a title fits, TMDB's best first."""
        query = {"query": title, "include_adult": "false", "language": language}
        if year is not None:
            query["year"] = str(year)
        return list(found_films(self._ask("search/movie", **query).get("results")))

    def film(self, tmdb_id: int) -> FilmRecord:
        """All that TMDB knows of a film, in one call."""
        return film_record(
            self._ask(
                f"movie/{tmdb_id}",
                append_to_response=",".join(APPENDED),
                include_image_language="en,null",
            )
        )

    def brief(self, tmdb_id: int, *, language: str = "en") -> FoundFilm:
        """What a list shows of a film, for one that is told by its id."""
        found = found_films([self._ask(f"movie/{tmdb_id}", language=language)])
        if (film := next(found, None)) is None:
            raise errors.UnreadableError("TMDB's answer has no id or no title of a film.")
        return film

    def find_by_imdb(self, imdb_id: str) -> FoundFilm | None:
        """The film that has an id at IMDb; None where TMDB knows none."""
        answer = self._ask(f"find/{imdb_id}", external_source="imdb_id")
        return next(found_films(answer.get("movie_results")), None)

    def changed(self, first: date, last: date) -> Iterator[int]:
        """Ids of the films that changed on these days, of which TMDB allows fourteen at once."""
        for page in range(1, MOST_PAGES_OF_CHANGES + 1):
            answer = self._ask(
                "movie/changes",
                start_date=first.isoformat(),
                end_date=last.isoformat(),
                page=str(page),
            )
            yield from changed_ids(answer.get("results"))
            if page >= (whole(answer.get("total_pages")) or 1):
                return

    def now_playing(self, country: str) -> list[FoundFilm]:
        return list(found_films(self._ask("movie/now_playing", region=country).get("results")))

    def upcoming(self, country: str) -> list[FoundFilm]:
        return list(found_films(self._ask("movie/upcoming", region=country).get("results")))

    def _ask(self, path: str, **query: str) -> Json:
        for attempt in stamina.retry_context(
            on=self._worth_a_retry,
            attempts=self._patience.attempts,
            timeout=self._patience.total_seconds,
            wait_initial=0.2,
            wait_jitter=0.3,
            wait_max=20,
        ):
            with attempt:
                answer = self._ask_once(path, query)
        return answer

    def _worth_a_retry(self, error: Exception) -> bool | float:
        """Whether to try again, or after how many seconds, where TMDB has told it."""
        if isinstance(error, errors.TooManyRequestsError) and error.retry_after is not None:
            in_time = error.retry_after <= self._patience.total_seconds
            return error.retry_after if in_time else False
        return isinstance(error, errors.UnavailableError)

    def _ask_once(self, path: str, query: dict[str, str]) -> Json:
        wait_for_turn()
        try:
            with self._session.get(
                f"{settings.TMDB_API_URL.rstrip('/')}/{path}",
                params=query,
                timeout=(CONNECT_SECONDS, self._patience.answer_seconds),
                allow_redirects=False,
                stream=True,
            ) as response:
                _raise_for_status(response, path)
                body = self._body(response)
        except (requests.RequestException, HTTPError, OSError) as error:
            # Their messages hold the whole address, key and all.
            name = type(error).__name__
            raise errors.UnavailableError(f"TMDB does not answer ({name} at {path}).") from None
        try:
            answer = json.loads(body)
        except ValueError:
            raise errors.UnreadableError(f"TMDB's answer is no JSON (at {path}).") from None
        if not isinstance(answer, dict):
            raise errors.UnreadableError(f"TMDB's answer is no JSON object (at {path}).")
        return record(answer)

    def _body(self, response: requests.Response) -> bytes:
        """The whole body, or an error when it drips in too slowly or never ends."""
        until = time.monotonic() + self._patience.answer_seconds
        body = bytearray()
        for chunk in response.iter_content(65_536):
            body += chunk
            if time.monotonic() > until:
                raise errors.UnavailableError("TMDB takes too long to answer.")
            if len(body) > MOST_BYTES:
                raise errors.UnreadableError("TMDB's answer is too large.")
        return bytes(body)


def _raise_for_status(response: requests.Response, path: str) -> None:
    status = response.status_code
    if status == 200:
        return
    if status in (401, 403):
        raise errors.KeyRefusedError("TMDB refuses the key: check TMDB_API_KEY.")
    if status == 404:
        raise errors.NotThereError(f"TMDB has nothing at {path}.")
    if status == 429:
        raise errors.TooManyRequestsError(
            "TMDB asks us to come back later.", _seconds(response.headers.get("Retry-After"))
        )
    if status >= 500:
        raise errors.UnavailableError(f"TMDB has an error of its own ({status} at {path}).")
    raise errors.UnreadableError(f"TMDB answers with status {status} at {path}.")


def _seconds(retry_after: str | None) -> float | None:
    """``Retry-After`` in seconds or as a date; None for neither."""
    if retry_after is None:
        return None
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return None
