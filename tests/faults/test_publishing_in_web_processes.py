"""One click in the admin of one web process, followed by all of them without a restart."""

import time

import requests
from django.contrib.auth import get_user_model
from django.test import Client

from recommender.models import ModelVersion
from tests.faults.conftest import Processes, wait_until
from tests.recommender.world import World

VERSIONS = "/admin/recommender/modelversion"
TOKEN = "a" * 32


def test_publish_and_roll_back_reach_every_web_process(
    processes: Processes, rated_world: World
) -> None:
    first, second = (rated_world.publish("sequence")[0] for _ in range(2))
    addresses = [processes.web("web-one"), processes.web("web-two")]
    assert [live_in(address) for address in addresses] == [label(second)] * 2

    press(addresses[0], f"{VERSIONS}/{first.pk}/publish/")
    followed(addresses, first)
    press(addresses[0], f"{VERSIONS}/rollback/sequence/")
    followed(addresses, second)


def followed(addresses: list[str], version: ModelVersion) -> None:
    """Wait until each process serves ``version``."""
    clicked = time.perf_counter()
    left = list(addresses)
    while left:
        wait_until(lambda: [live_in(address) for address in left].count(label(version)))
        for address in [one for one in left if live_in(one) == label(version)]:
            print(f"{label(version)} at {address} after {time.perf_counter() - clicked:.2f} s")
            left.remove(address)


def label(version: ModelVersion) -> str:
    return f"{version.kind}/{version.pk}"


def live_in(address: str) -> str:
    models = requests.get(f"{address}/health/ready", timeout=30).json()["models"]
    return str(models["sequence"]["version"])


def press(address: str, button: str) -> None:
    """As the admin's page does, of which only the button is needed here."""
    user, _ = get_user_model().objects.get_or_create(
        username="op", defaults={"is_staff": True, "is_superuser": True}
    )
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = requests.post(
        address + button,
        cookies={"sessionid": client.cookies["sessionid"].value, "csrftoken": TOKEN},
        headers={"X-CSRFToken": TOKEN},
        allow_redirects=False,
        timeout=30,
    )
    assert answer.headers.get("Location", "") == f"{VERSIONS}/", answer.text
