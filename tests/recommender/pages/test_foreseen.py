"""Films foreseen highly that come to a member's services."""

from catalog.models import Notice, Offer, Provider
from catalog.services.subscriptions import choose_services
from recommender.pages.foreseen import STARS, tell_of_foreseen
from recommender.serving.live_catalog import live_catalog
from recommender.serving.member import recommender_for
from tests.recommender.world import World


def test_what_is_foreseen_highest_is_told_when_it_comes(world: World) -> None:
    world.publish()
    ada = world.fan_of_even()
    service = Provider.objects.create(tmdb_id=1, name="Service")
    choose_services(user_id=ada.pk, country="US", providers=[service.pk], only_mine=False)
    assert tell_of_foreseen() == 0
    stars = recommender_for(ada.pk).scores.stars
    assert stars is not None
    assert stars[10] >= STARS > stars[11], "an even film, and an odd one"
    for place in (0, 10, 11):
        movie = world.movies[place]
        Offer.objects.create(movie=movie, provider=service, country="US", kind="flatrate")
    live_catalog.forget()
    assert tell_of_foreseen() == 1, "the first is rated already"
    assert Notice.objects.get().movie == world.movies[10]
    assert tell_of_foreseen() == 0
