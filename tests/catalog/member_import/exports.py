"""Small files as the sites export them."""

import io
import json
import zipfile

LETTERBOXD_RATINGS = """\
Date,Name,Year,Letterboxd URI,Rating
2020-05-01,The Matrix,1999,https://boxd.it/2a1m,4.5
2021-06-02,Amélie,2001,https://boxd.it/2aGE,5
2021-06-02,"Crouching Tiger, Hidden Dragon",2000,https://boxd.it/1,3.5
"""
LETTERBOXD_DIARY = """\
Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date
2020-05-02,The Matrix,1999,https://boxd.it/aaaa,4,,,2020-05-01
2021-07-01,Alien,1979,https://boxd.it/bbbb,4.5,Yes,"horror, space",2021-06-30
2021-08-01,Amélie,2001,https://boxd.it/cccc,,,,2021-07-31
2021-09-01,Heat,1995,https://boxd.it/dddd,,,,
"""
LETTERBOXD_WATCHLIST = """\
Date,Name,Year,Letterboxd URI
2022-01-01,Alien,1979,https://boxd.it/2b
2022-01-02,Heat,1995,https://boxd.it/2c
"""
LETTERBOXD_WATCHED = """\
Date,Name,Year,Letterboxd URI
2020-05-01,The Matrix,1999,https://boxd.it/2a1m
2021-09-01,Heat,1995,https://boxd.it/2c
"""
LETTERBOXD_REVIEWS = """\
Date,Name,Year,Letterboxd URI,Rating,Rewatch,Review,Tags,Watched Date
2020-05-02,The Matrix,1999,https://boxd.it/aaaa,1,,"Whoa.

Again.",,2020-05-01
"""
IMDB_RATINGS = """\
Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres,Num Votes,Release Date,Directors
tt0133093,9,2020-05-01,The Matrix,The Matrix,https://www.imdb.com/title/tt0133093/,Movie,8.7,136,1999,"Action, Sci-Fi",2000000,1999-03-31,"Lana Wachowski, Lilly Wachowski"
tt0211915,10,2021-06-02,Amélie,Le fabuleux destin d'Amélie Poulain,https://www.imdb.com/title/tt0211915/,Movie,8.3,122,2001,"Comedy, Romance",800000,2001-04-25,Jean-Pierre Jeunet
tt0903747,10,2021-06-03,Breaking Bad,Breaking Bad,https://www.imdb.com/title/tt0903747/,TV Series,9.5,,2008,Crime,2000000,2008-01-20,
"""  # noqa: E501
IMDB_WATCHLIST = """\
Position,Const,Created,Modified,Description,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres,Num Votes,Release Date,Directors,Your Rating,Date Rated
1,tt0078748,2022-01-01,2022-01-01,,Alien,Alien,https://www.imdb.com/title/tt0078748/,Movie,8.5,117,1979,"Horror, Sci-Fi",1000000,1979-05-25,Ridley Scott,,
2,tt0133093,2022-01-02,2022-01-02,seen,The Matrix,The Matrix,https://www.imdb.com/title/tt0133093/,Movie,8.7,136,1999,Action,2000000,1999-03-31,,9,2020-05-01
"""  # noqa: E501
TRAKT_CSV = """\
rated_at,type,title,year,trakt_rating,trakt_id,imdb_id,tmdb_id,tvdb_id,url,released,season_number,episode_number,episode_title,episode_released,episode_trakt_rating,episode_trakt_id,episode_imdb_id,episode_tmdb_id,episode_tvdb_id,genres,rating
2018-08-24T13:48:52Z,movie,The Matrix,1999,8.2,481,tt0133093,603,,https://trakt.tv/movies/the-matrix-1999,1999-03-31,,,,,,,,,,action,7
2018-08-25T13:48:52Z,show,Lost,2004,8.2,73,tt0411008,4607,,https://trakt.tv/shows/lost,2004-09-22,,,,,,,,,,drama,9
"""
MOVIELENS_RATINGS = """\
movie_id,imdb_id,tmdb_id,rating,average_rating,title
2571,0133093,603,4.5,4.15439,"Matrix, The (1999)"
4973,0211915,194,5.0,4.05,"Amelie (Fabuleux destin d'Amélie Poulain, Le) (2001)"
"""
MOVIELENS_WISHLIST = """\
movie_id,imdb_id,tmdb_id,average_rating,title
1214,0078748,348,4.06974,Alien (1979)
"""
MOVIELENS_DATASET = """\
userId,movieId,rating,timestamp
7,2571,4.5,964982703
7,4973,3.0,964981247
"""


def trakt_entry(kind: str = "movie", **values: object) -> dict[str, object]:
    film = {
        "title": "The Matrix",
        "year": 1999,
        "ids": {"trakt": 481, "slug": "the-matrix-1999", "imdb": "tt0133093", "tmdb": 603},
    }
    return {"type": kind, kind: film, **values}


TRAKT_RATINGS = json.dumps(
    [
        trakt_entry(rated_at="2019-09-01T09:10:11.000Z", rating=8),
        trakt_entry("show", rated_at="2019-09-01T09:10:11.000Z", rating=8),
    ]
)
TRAKT_WATCHLIST = json.dumps(
    [trakt_entry(rank=1, id=101, listed_at="2019-09-02T09:10:11.000Z", notes=None)]
)

TRAKT_HISTORY = json.dumps(
    [
        trakt_entry(id=2, watched_at="2021-09-03T20:10:11.000Z", action="watch"),
        trakt_entry(id=1, watched_at="2019-09-03T20:10:11.000Z", action="watch"),
        trakt_entry(id=0, watched_at="1970-01-01T00:00:00.000Z", action="watch"),
        trakt_entry("episode", id=3, watched_at="2019-09-03T20:10:11.000Z", action="watch"),
    ]
)
TRAKT_WATCHED = json.dumps(
    [
        {
            "plays": 2,
            "last_watched_at": "2021-09-03T20:10:11.000Z",
            "movie": {"title": "Alien", "year": 1979, "ids": {"imdb": "tt0078748", "tmdb": 348}},
        }
    ]
)


def zipped(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


LETTERBOXD_ZIP = zipped(
    {
        "profile.csv": "Date Joined,Username\n2015-01-01,ada\n",
        "ratings.csv": LETTERBOXD_RATINGS,
        "diary.csv": LETTERBOXD_DIARY,
        "watchlist.csv": LETTERBOXD_WATCHLIST,
        "watched.csv": LETTERBOXD_WATCHED,
        "reviews.csv": LETTERBOXD_REVIEWS,
        "comments.csv": "",
        "likes/films.csv": LETTERBOXD_WATCHLIST,
        "deleted/diary.csv": LETTERBOXD_DIARY,
        "orphaned/ratings.csv": LETTERBOXD_RATINGS,
        "lists/my-watchlist.csv": LETTERBOXD_WATCHLIST,
    }
)
TRAKT_ZIP = zipped(
    {
        "user-profile.json": json.dumps({"username": "ada"}),
        "ratings-movies.json": TRAKT_RATINGS,
        "ratings-shows.json": json.dumps([trakt_entry("show", rated_at="2020-01-01", rating=3)]),
        "watched-movies.json": TRAKT_WATCHED,
        "watched-shows.json": json.dumps([{"plays": 2, "last_watched_at": None, "show": {}}]),
        "lists-watchlist.json": TRAKT_WATCHLIST,
        "lists-list-9-my-watchlist.json": TRAKT_WATCHLIST,
        "lists-lists.json": json.dumps([{"name": "Faves", "ids": {"trakt": 9}}]),
    }
)
