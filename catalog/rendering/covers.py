"""The designed cover that stands in for a poster: palette, motif and type size of each film."""

import zlib
from dataclasses import dataclass

from catalog.models import Movie

# A film with several genres is drawn as one of its most telling ones, in this order.
MOTIFS: dict[str, tuple[str, int, tuple[str, ...]]] = {
    # genre slug: (motif, how many drawings of it there are, palettes)
    "western": ("western", 2, ("clay", "sand", "tangerine", "mustard")),
    "horror": ("horror", 4, ("blood", "noir", "plum", "forest")),
    "war": ("war", 2, ("moss", "slate", "forest", "sand", "ink")),
    "science-fiction": ("science-fiction", 3, ("midnight", "dusk", "ocean", "ink", "lilac")),
    "animation": ("animation", 2, ("sky", "tangerine", "mint", "lilac", "rose", "mustard")),
    "documentary": ("documentary", 2, ("cream", "slate", "sky", "ink", "mint")),
    "music": ("music", 2, ("plum", "mustard", "rose", "ink", "dusk")),
    "romance": ("romance", 5, ("rose", "plum", "dusk", "ember", "lilac")),
    "fantasy": ("fantasy", 2, ("dusk", "forest", "lilac", "midnight", "mint")),
    "crime": ("crime", 3, ("noir", "mustard", "slate", "ember", "ink")),
    "history": ("history", 2, ("sand", "clay", "cream", "forest")),
    "mystery": ("mystery", 2, ("midnight", "noir", "ocean", "plum")),
    "family": ("family", 2, ("sky", "mint", "cream", "tangerine", "lilac")),
    "thriller": ("thriller", 5, ("ink", "noir", "ember", "blood", "cream", "slate", "ocean")),
    "adventure": ("adventure", 4, ("ocean", "forest", "clay", "sand", "sky")),
    "action": ("action", 4, ("ember", "tangerine", "ink", "midnight")),
    "comedy": ("comedy", 4, ("mustard", "rose", "mint", "sky", "tangerine", "cream")),
    "foreign": ("foreign", 2, ("ocean", "cream", "moss", "clay")),
    "tv-movie": ("tv-movie", 2, ("slate", "lilac", "mint")),
    "drama": ("drama", 7, ("ocean", "clay", "cream", "slate", "plum", "moss", "ember", "midnight")),
}
ELSE = ("film", 3, ("ink", "ember", "dusk", "cream", "ocean"))
# MovieLens says in its own words what TMDB calls otherwise.
SAME_AS = {
    "sci-fi": "science-fiction",
    "children": "family",
    "childrens": "family",
    "musical": "music",
    "film-noir": "crime",
}
RANK = {genre: rank for rank, genre in enumerate(MOTIFS)}


PORTRAIT_TONES = ("ink", "slate", "ocean", "plum", "forest", "clay", "dusk", "midnight", "ember")


@dataclass(frozen=True, kw_only=True)
class Cover:
    motif: str  # id of a symbol in img/covers.svg
    tone: str  # a palette of covers.css
    size: int  # 1 (largest title) to 5
    below: bool  # the title stands under the drawing
    flipped: bool
    genre: str  # name to print, or ""

    @property
    def classes(self) -> str:
        below = " cover-below" if self.below else ""
        return f"cover-{self.size} tone-{self.tone}{below}"


def title_size(title: str) -> int:
    """1 (largest) to 5, so that the longest word fits the width and the title a few lines."""
    longest = max((len(word) for word in title.split()), default=0)
    for size, (letters, word) in enumerate(((7, 7), (16, 9), (30, 11), (52, 14)), start=1):
        if len(title) <= letters and longest <= word:
            return size
    return 5


def cover_of(movie: Movie) -> Cover:
    """The same film always gets the same cover. Reads ``movie.genre_list``: prefetch ``genres``."""
    seed = zlib.crc32(f"{movie.title}|{movie.year}".encode())
    named = {SAME_AS.get(genre.slug, genre.slug): genre.name for genre in movie.genre_list}
    ranked = sorted((slug for slug in named if slug in MOTIFS), key=RANK.__getitem__)[:3]
    slug = ranked[seed % len(ranked)] if ranked else ""
    motif, drawings, tones = MOTIFS.get(slug, ELSE)
    return Cover(
        motif=f"{motif}-{1 + (seed >> 4) % drawings}",
        tone=tones[(seed >> 8) % len(tones)],
        size=title_size(movie.title),
        below=(seed >> 16) % 3 == 0,
        flipped=bool((seed >> 20) & 1),
        genre=named.get(slug, ""),
    )


def portrait_tone(name: str) -> str:
    """The palette behind a person's initials, always the same for the same name."""
    return PORTRAIT_TONES[zlib.crc32(name.encode()) % len(PORTRAIT_TONES)]
