"""A server with TMDB's addresses and its answers in their documented form, on a port of its own."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

KEY = "0123456789abcdef0123456789abcdef"
Json = dict[str, Any]


@dataclass
class Fault:
    """How one request is answered instead: by a status, late, cut off, or with another body."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    seconds: float = 0
    cut: bool = False


@dataclass
class Asked:
    path: str
    query: dict[str, str]
    authorization: str | None


def credit(person: int, name: str, **more: Any) -> Json:
    return {"id": person, "name": name, "profile_path": f"/p{person}.jpg", "adult": False, **more}


def dune() -> Json:
    """A film of which TMDB knows everything."""
    netflix = {"provider_id": 8, "provider_name": "Netflix", "logo_path": "/netflix.jpg"}
    apple = {"provider_id": 2, "provider_name": "Apple TV", "logo_path": "/apple.jpg"}
    return {
        "adult": False,
        "backdrop_path": "/backdrop.jpg",
        "belongs_to_collection": {
            "id": 726871,
            "name": "Dune Collection",
            "poster_path": "/collection.jpg",
            "backdrop_path": "/collection-wide.jpg",
        },
        "budget": 165000000,
        "genres": [{"id": 878, "name": "Science Fiction"}, {"id": 12, "name": "Adventure"}],
        "homepage": "https://www.dunemovie.com/",
        "id": 438631,
        "imdb_id": "tt1160419",
        "original_language": "en",
        "original_title": "Dune",
        "overview": "Paul Atreides must travel to the most dangerous planet in the universe.",
        "popularity": 93.958,
        "poster_path": "/dune.jpg",
        "production_companies": [
            {"id": 923, "logo_path": None, "name": "Legendary Pictures", "origin_country": "US"}
        ],
        "production_countries": [{"iso_3166_1": "US", "name": "United States of America"}],
        "release_date": "2021-09-15",
        "revenue": 407573628,
        "runtime": 155,
        "spoken_languages": [{"english_name": "English", "iso_639_1": "en", "name": "English"}],
        "status": "Released",
        "tagline": "It begins.",
        "title": "Dune",
        "video": False,
        "vote_average": 7.8,
        "vote_count": 11000,
        "credits": {
            "cast": [
                credit(1190668, "Timothée Chalamet", character="Paul Atreides", order=0),
                credit(933238, "Rebecca Ferguson", character="Lady Jessica", order=1),
            ],
            "crew": [
                credit(137427, "Denis Villeneuve", job="Director", department="Directing"),
                credit(947, "Hans Zimmer", job="Original Music Composer", department="Sound"),
                credit(5, "Somebody Else", job="Catering", department="Crew"),
            ],
        },
        "external_ids": {"imdb_id": "tt1160419", "wikidata_id": "Q60834962"},
        "keywords": {"keywords": [{"id": 818, "name": "based on novel or book"}]},
        "release_dates": {
            "results": [
                {
                    "iso_3166_1": "US",
                    "release_dates": [
                        {
                            "certification": "PG-13",
                            "descriptors": [],
                            "iso_639_1": "",
                            "note": "",
                            "release_date": "2021-10-22T00:00:00.000Z",
                            "type": 3,
                        }
                    ],
                },
                {
                    "iso_3166_1": "DE",
                    "release_dates": [
                        {
                            "certification": "12",
                            "iso_639_1": "",
                            "note": "",
                            "release_date": "2021-09-16T00:00:00.000Z",
                            "type": 3,
                        }
                    ],
                },
                {"iso_3166_1": "FR", "release_dates": []},
            ]
        },
        "watch/providers": {
            "results": {
                "US": {
                    "link": "https://www.themoviedb.org/movie/438631-dune/watch?locale=US",
                    "flatrate": [{**netflix, "display_priority": 0}],
                    "rent": [{**apple, "display_priority": 4}],
                },
                "DE": {
                    "link": "https://www.themoviedb.org/movie/438631-dune/watch?locale=DE",
                    "buy": [{**apple, "display_priority": 4}],
                },
                "FR": {
                    "link": "https://www.themoviedb.org/movie/438631-dune/watch?locale=FR",
                    "buy": [{**apple, "display_priority": 4}],
                },
            }
        },
        "images": {"backdrops": [], "logos": [], "posters": [{"file_path": "/other.jpg"}]},
        "translations": {
            "translations": [
                {
                    "iso_3166_1": "DE",
                    "iso_639_1": "de",
                    "name": "Deutsch",
                    "english_name": "German",
                    "data": {
                        "homepage": "",
                        "overview": "Paul Atreides reist zum gefährlichsten Planeten.",
                        "runtime": 155,
                        "tagline": "Es beginnt.",
                        "title": "Dune: Der Wüstenplanet",
                    },
                },
                {
                    "iso_3166_1": "FR",
                    "iso_639_1": "fr",
                    "name": "Français",
                    "english_name": "French",
                    "data": {"overview": "L'histoire de Paul.", "tagline": "", "title": ""},
                },
            ]
        },
    }


def bare(tmdb_id: int, title: str, **more: Any) -> Json:
    """A film of which TMDB knows next to nothing: nothing is null by chance here."""
    return {"id": tmdb_id, "title": title, "release_date": "", "imdb_id": None, **more}


class StandInTmdb:
    """``films`` by id; ``faults`` are used up, one a request, before anything else is answered."""

    def __init__(self) -> None:
        self.films: dict[int, Json] = {}
        self.charts: dict[str, list[int]] = {"now_playing": [], "upcoming": []}
        self.changed: list[int] = []
        self.faults: list[Fault] = []
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/3"

    def add(self, *films: Json) -> None:
        self.films.update({film["id"]: deepcopy(film) for film in films})

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Json]:
        match path.split("/"):
            case ["search", "movie"]:
                found = [f for f in self.films.values() if self._fits(f, query)]
                return 200, self._page(found)
            case ["find", imdb_id]:
                found = [f for f in self.films.values() if f.get("imdb_id") == imdb_id]
                return 200, {"movie_results": [self._row(f) for f in found], "tv_results": []}
            case ["movie", "changes"]:
                rows = [{"id": key, "adult": False} for key in self.changed]
                return 200, {"results": rows, "page": 1, "total_pages": 1}
            case ["movie", ("now_playing" | "upcoming") as chart]:
                return 200, self._page([self.films[key] for key in self.charts[chart]])
            case ["movie", key] if key.isdecimal() and int(key) in self.films:
                return 200, self._details(self.films[int(key)], query)
        return 404, {
            "success": False,
            "status_code": 34,
            "status_message": "The resource you requested could not be found.",
        }

    @staticmethod
    def _details(film: Json, query: dict[str, str]) -> Json:
        asked = query.get("append_to_response", "").split(",")
        appendable = ("credits", "external_ids", "keywords", "release_dates", "watch/providers")
        left_out = {*appendable, "images", "translations"} - set(asked)
        return {key: value for key, value in film.items() if key not in left_out}

    @staticmethod
    def _fits(film: Json, query: dict[str, str]) -> bool:
        year = query.get("year")
        in_title = query["query"].casefold() in film["title"].casefold()
        return in_title and (year is None or film.get("release_date", "").startswith(year))

    def _page(self, films: list[Json]) -> Json:
        rows = [self._row(film) for film in films]
        return {"page": 1, "results": rows, "total_pages": 1, "total_results": len(rows)}

    @staticmethod
    def _row(film: Json) -> Json:
        names = (
            "id",
            "title",
            "original_title",
            "release_date",
            "overview",
            "poster_path",
            "adult",
        )
        return {name: film[name] for name in names if name in film}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                authorization = self.headers.get("Authorization")
                path = parts.path.removeprefix("/3/")
                stand_in.asked.append(Asked(path, query, authorization))
                fault = stand_in.faults.pop(0) if stand_in.faults else Fault()
                status, answer = fault.status, {"status_message": "as the test wants it"}
                if status == 200:
                    status, answer = stand_in.answer(path, query)
                if query.get("api_key") != KEY and not (authorization or "").startswith("Bearer "):
                    status, answer = 401, {"status_code": 7, "status_message": "Invalid API key"}
                self._send(status, answer, fault)

            def _send(self, status: int, answer: Json, fault: Fault) -> None:
                body = json.dumps(answer).encode() if fault.body is None else fault.body
                time.sleep(fault.seconds)
                try:
                    self.send_response(status)
                    for name, value in fault.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Type", "application/json;charset=utf-8")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body[: len(body) // 2] if fault.cut else body)
                except (BrokenPipeError, ConnectionResetError):
                    return  # who asked did not wait
                if fault.cut:
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                return

        return Handler


@pytest.fixture
def tmdb(settings: Any) -> Iterator[StandInTmdb]:
    """The site has a key, and the stand-in's address."""
    server = StandInTmdb()
    settings.TMDB_API_KEY = KEY
    settings.TMDB_API_URL = server.url
    settings.MATINEE_COUNTRIES = ["US", "DE"]
    yield server
    server.close()
