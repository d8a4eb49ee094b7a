"""Which films a newcomer is asked about."""

from collections import Counter

from catalog.models import Collection, Movie
from recommender.data.histories import History
from recommender.serving.elicitation import most_informative
from recommender.serving.recommender import Recommender
from tests.recommender.world import World


def asked(n: int) -> list[Movie]:
    """By everybody's first page, best first."""
    recommender = Recommender(History())
    rows = most_informative(recommender, n).rows
    return [Movie.objects.get(pk=pk) for pk in recommender.live.catalog.movie_ids[rows]]


def test_one_film_of_a_series_is_asked_about(world: World) -> None:
    series = Collection.objects.create(tmdb_id=1, name="The saga")
    Movie.objects.filter(pk__in=world.even[:12]).update(collection=series)
    world.publish()
    found = asked(12)
    assert len(found) == 12
    assert Counter(movie.collection_id for movie in found)[series.pk] == 1


def test_films_of_all_decades_are_asked_about(world: World) -> None:
    """Though those of the last two decades are rated most."""
    Movie.objects.filter(year__gte=1990).update(rating_count=2000, half_star_sum=14000)
    world.publish()
    decades = {movie.year // 10 for movie in asked(12) if movie.year}
    assert decades == {195, 196, 197, 198, 199, 200}


def test_nothing_is_left_out_where_there_are_fewer_films_than_decades(world: World) -> None:
    world.publish()
    assert len(asked(3)) == 3
    assert len({movie.pk for movie in asked(3)}) == 3
