"""From a media server's request to the diary: a web process, the broker and a worker."""

from __future__ import annotations

import requests
from django.contrib.auth import get_user_model

from catalog.hooks import addresses
from catalog.hooks.worker import ask_undo
from catalog.models import DiaryEntry, Movie, WatchSync
from tests.catalog.hooks import payloads
from tests.faults.conftest import Processes, wait_until


def test_a_play_is_in_the_diary_a_moment_later(processes: Processes) -> None:
    user = get_user_model().objects.create_user("ada")
    _, token = addresses.replace(user.pk)
    film = Movie.objects.order_by("pk").first()
    assert film is not None
    hook = f"{processes.web('web')}/hooks/{token}"
    processes.worker("first", "default")
    ids = {"Provider_imdb": None, "Provider_tmdb": None}
    play = payloads.jellyfin_stop(Name=film.title, Year=film.year, **ids)
    for _ in range(3):
        assert requests.post(hook, json=play, timeout=30).json() == {"status": "noted"}
    form = {"payload": (None, '{"event": "media.play", "Metadata": {}}')}
    assert requests.post(hook, files=form, timeout=30).json()["reason"] == "other-event"
    assert requests.post(f"{hook}x", json=play, timeout=30).status_code == 404
    wait_until(lambda: DiaryEntry.objects.filter(user=user, movie=film).exists())
    assert DiaryEntry.objects.count() == 1
    wait_until(lambda: WatchSync.objects.filter(state="applied").exists())
    assert ask_undo(WatchSync.objects.get())
    wait_until(lambda: not DiaryEntry.objects.exists())
    log = (processes.folder / "web.log").read_text()
    assert token not in log
