"""The visitor's own time."""

import pytest
from django.test import RequestFactory
from django.utils import timezone

from catalog.rendering.local_time import COOKIE, local_now


@pytest.mark.parametrize(
    ("told", "hours"),
    [("Pacific/Kiritimati", 14), ("Asia/Kolkata", 5.5), ("", 0), ("Nowhere", 0), ("../etc", 0)],
)
def test_it_is_as_the_browser_told_else_the_sites(told: str, hours: float) -> None:
    request = RequestFactory().get("/")
    request.COOKIES[COOKIE] = told
    offset = local_now(request).utcoffset()
    assert offset is not None
    assert offset.total_seconds() == hours * 3600
    assert abs((local_now(request) - timezone.now()).total_seconds()) < 60
