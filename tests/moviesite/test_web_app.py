"""What makes the site an app of the device."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests.recommender.conftest import plain_static

__all__ = ["plain_static"]

pytestmark = pytest.mark.usefixtures("plain_static", "db")


def test_the_manifest_names_pictures_that_are_there() -> None:
    answer = Client().get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = json.loads(answer.content)
    sizes = set()
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon["src"]
        sizes.add((icon["sizes"], icon["purpose"]))
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes
    for shortcut in manifest["shortcuts"]:
        assert Client().get(shortcut["url"]).status_code in (200, 302)
    assert Client().get(manifest["share_target"]["action"]).status_code == 302


def test_the_worker_keeps_only_what_is_about_nobody() -> None:
    worker = Client().get("/service-worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "no-cache" in worker["Cache-Control"]
    for address in re.findall(r'"(/[^"]+)"', worker.content.decode()):
        if address.startswith("/static/"):
            assert finders.find(address.removeprefix("/static/")), address
        else:
            assert address == "/offline/"


def test_the_offline_page_stands_alone() -> None:
    page = Client().get("/offline/").content.decode()
    assert "cannot be reached just now" in page
    assert "<script" not in page
