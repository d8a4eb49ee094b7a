"""What views and the API show: `home_rows` for the home page, `cards` for any list of films."""

from recommender.pages.cards import cards
from recommender.pages.home import home_rows

__all__ = ["cards", "home_rows"]
