"""Reads the details of a film with all that is appended to them."""

from collections.abc import Iterator

from .cells import (
    LARGEST_AMOUNT,
    Json,
    code,
    day,
    decimal,
    image,
    imdb_id,
    line,
    paragraphs,
    record,
    records,
    truth,
    web_address,
    whole,
)
from .errors import UnreadableError
from .people import credit_records, keyword_records
from .records import (
    CollectionRecord,
    FilmRecord,
    OfferRecord,
    ReleaseRecord,
    TranslationRecord,
)

# What one call brings besides the details: TMDB appends up to twenty.
APPENDED = (
    "credits",
    "external_ids",
    "keywords",
    "release_dates",
    "watch/providers",
    "images",
    "translations",
)
OFFER_KINDS = ("flatrate", "free", "ads", "rent", "buy")
RELEASE_KINDS = range(1, 7)
LONGEST_FILM = 32_767  # minutes, as the column holds them


def film_record(answer: Json) -> FilmRecord:
    """Raises UnreadableError for an answer without id or title: anything else may be missing."""
    tmdb_id, title = whole(answer.get("id")), line(answer.get("title"), 300)
    if tmdb_id is None or not title:
        raise UnreadableError("TMDB's answer has no id or no title of a film.")
    released = day(answer.get("release_date"))
    votes = whole(answer.get("vote_count"))
    elsewhere = record(answer.get("external_ids"))
    return FilmRecord(
        tmdb_id=tmdb_id,
        imdb_id=imdb_id(answer.get("imdb_id")) or imdb_id(elsewhere.get("imdb_id")),
        title=title,
        original_title=line(answer.get("original_title"), 300),
        year=released.year if released else None,
        release_date=released,
        runtime=whole(answer.get("runtime"), LONGEST_FILM),
        overview=paragraphs(answer.get("overview")),
        tagline=line(answer.get("tagline"), 500),
        original_language=code(answer.get("original_language")),
        status=line(answer.get("status"), 30),
        homepage=web_address(answer.get("homepage")),
        poster_path=_poster(answer),
        adult=truth(answer.get("adult")),
        video=truth(answer.get("video")),
        budget=whole(answer.get("budget"), LARGEST_AMOUNT),
        revenue=whole(answer.get("revenue"), LARGEST_AMOUNT),
        popularity=decimal(answer.get("popularity"), 1e9),
        vote_average=decimal(answer.get("vote_average"), 10) if votes else None,
        vote_count=votes,
        genres=tuple(dict.fromkeys(_names(answer.get("genres"), 60))),
        collection=_collection(record(answer.get("belongs_to_collection"))),
        companies=tuple(_numbered(answer.get("production_companies"), 200)),
        countries=tuple(_coded(answer.get("production_countries"), "iso_3166_1", "name")),
        languages=tuple(_coded(answer.get("spoken_languages"), "iso_639_1", "name")),
        credits=tuple(credit_records(record(answer.get("credits")))),
        keywords=tuple(keyword_records(record(answer.get("keywords")))),
        translations=tuple(_translations(record(answer.get("translations")))),
        releases=tuple(_releases(record(answer.get("release_dates")))),
        offers=tuple(_offers(record(answer.get("watch/providers")))),
    )


def _poster(answer: Json) -> str:
    """Where the film has no poster of its own, the first of its images."""
    posters = records(record(answer.get("images")).get("posters"))
    paths = (image(poster.get("file_path")) for poster in posters)
    return image(answer.get("poster_path")) or next(filter(None, paths), "")


def _names(rows: object, longest: int) -> Iterator[str]:
    yield from filter(None, (line(row.get("name"), longest) for row in records(rows)))


def _numbered(rows: object, longest: int) -> Iterator[tuple[int, str]]:
    for row in records(rows):
        number, name = whole(row.get("id")), line(row.get("name"), longest)
        if number is not None and name:
            yield number, name


def _coded(rows: object, code_key: str, name_key: str) -> Iterator[tuple[str, str]]:
    for row in records(rows):
        if short := code(row.get(code_key)):
            yield short, line(row.get(name_key), 100)


def _collection(row: Json) -> CollectionRecord | None:
    tmdb_id, name = whole(row.get("id")), line(row.get("name"), 200)
    if tmdb_id is None or not name:
        return None
    return CollectionRecord(
        tmdb_id, name, image(row.get("poster_path")), image(row.get("backdrop_path"))
    )


def _translations(part: Json) -> Iterator[TranslationRecord]:
    for row in records(part.get("translations")):
        words = record(row.get("data"))
        found = TranslationRecord(
            language=code(row.get("iso_639_1")),
            country=code(row.get("iso_3166_1")),
            title=line(words.get("title"), 300),
            overview=paragraphs(words.get("overview")),
            tagline=line(words.get("tagline"), 500),
        )
        if found.language and (found.title or found.overview or found.tagline):
            yield found


def _releases(part: Json) -> Iterator[ReleaseRecord]:
    for row in records(part.get("results")):
        country = code(row.get("iso_3166_1"))
        for release in records(row.get("release_dates")):
            kind, released = whole(release.get("type")), day(release.get("release_date"))
            if country and kind in RELEASE_KINDS and released:
                certificate = line(release.get("certification"), 30)
                yield ReleaseRecord(country, kind or 0, released, certificate)


def _offers(part: Json) -> Iterator[OfferRecord]:
    for country, by_kind in record(part.get("results")).items():
        for kind in OFFER_KINDS:
            for row in records(record(by_kind).get(kind)):
                provider = whole(row.get("provider_id"))
                name = line(row.get("provider_name"), 100)
                if code(country) and provider is not None and name:
                    yield OfferRecord(
                        country=country,
                        kind=kind,
                        provider_id=provider,
                        provider_name=name,
                        logo_path=image(row.get("logo_path")),
                        priority=whole(row.get("display_priority")) or 0,
                    )
