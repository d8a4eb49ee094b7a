"""What can go wrong between this site and TMDB; each says it in one sentence, without the key."""


class TmdbError(Exception):
    """TMDB did not give what was asked for."""


class TmdbOffError(TmdbError):
    """The site has no key: nobody asks TMDB."""

    def __init__(self) -> None:
        super().__init__("TMDB is not set up on this site: TMDB_API_KEY is empty.")


class KeyRefusedError(TmdbError):
    """TMDB does not know the key, or has suspended it."""


class NotThereError(TmdbError):
    """TMDB has no such film (any more)."""


class UnreadableError(TmdbError):
    """The answer is not what TMDB's documentation says."""


class UnavailableError(TmdbError):
    """TMDB cannot be reached, answers with an error of its own, or takes too long."""


class TooManyRequestsError(UnavailableError):
    """TMDB asks to come back later."""

    def __init__(self, message: str, retry_after: float | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
