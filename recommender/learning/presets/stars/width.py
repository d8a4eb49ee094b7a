"""How wide the factors of a fit of stars are."""


def factors_for(num_ratings: int) -> int:
    """The width of the factors for a number of ratings: more data, more factors."""
    return min(24, max(2, round(14 * (num_ratings / 80_000) ** 0.5)))
