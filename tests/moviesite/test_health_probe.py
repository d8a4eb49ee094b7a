"""Which host the container's health check asks for; that it asks is in tests/deployment."""

import pytest

from moviesite.health_probe import allowed_host


@pytest.mark.parametrize(
    ("allowed", "host"),
    [
        ("films.example,www.films.example", "films.example"),
        (" films.example ", "films.example"),
        (".films.example", "films.example"),
        ("*", "localhost"),
        ("", "localhost"),
    ],
)
def test_the_host_is_one_that_the_site_answers_to(allowed: str, host: str) -> None:
    assert allowed_host(allowed) == host


def test_the_public_address_tells_it_too() -> None:
    assert allowed_host("", "https://films.example:8443/films/") == "films.example:8443"
    assert allowed_host("nas.lan", "https://films.example/") == "nas.lan"
