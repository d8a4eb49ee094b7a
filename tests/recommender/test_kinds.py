"""The register of kinds, and which of them answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from recommender import kinds
from recommender.data.histories import history_from
from recommender.kinds import NextItemKind, StarKind
from recommender.models import ModelVersion, RunMode, RunTrigger, TrainingRun
from recommender.runs.request import request_run
from recommender.serving.live import live_state_of
from recommender.serving.live_versions import live_versions
from recommender.serving.recommender import Recommender
from recommender.versions.load import LoadedVersion, load
from tests.recommender.world import World


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> NextItemKind:
    """Another kind for the next film, which serves what the first one trains."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    return kinds.register(replace(kinds.next_item_kinds()[0], name="second"))


def live(monkeypatch: pytest.MonkeyPatch, *versions: LoadedVersion) -> None:
    loaded = {version.kind: version for version in versions}
    monkeypatch.setattr(live_versions, "current", lambda: loaded)


@pytest.fixture
def versions(world: World) -> dict[str, LoadedVersion]:
    world.publish()
    return {version.kind: load(version) for version in ModelVersion.objects.all()}


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="'sequence' is registered already"):
        kinds.register(kinds.next_item_kinds()[0])


def test_an_unknown_kind_is_named_with_those_that_there_are() -> None:
    with pytest.raises(kinds.UnknownKindError, match="factorization, sequence, got 'guess'"):
        kinds.get("guess")


@pytest.mark.parametrize("name", ["", "two words", "x" * 21, "a/b", "a\n"])
def test_a_name_fits_addresses_and_rows(name: str) -> None:
    with pytest.raises(ValueError, match="the name of a kind must match"):
        kinds.register(replace(kinds.next_item_kinds()[0], name=name))


def test_another_kind_is_a_choice_and_needs_no_migration(second: NextItemKind, db: None) -> None:
    loader = MigrationLoader(connection)
    found = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    assert found.changes(loader.graph) == {}
    run, _ = request_run("second", mode=RunMode.FULL, trigger=RunTrigger.MANUAL, deliver=False)
    run.full_clean()
    assert run.get_kind_display() == "sequence"


def test_no_run_is_queued_for_a_kind_without_a_line(db: None) -> None:
    with pytest.raises(kinds.UnknownKindError, match="got 'guess'"):
        request_run("guess", mode=RunMode.FULL, trigger=RunTrigger.MANUAL)


def test_the_database_refuses_what_is_no_name(db: None) -> None:
    with pytest.raises(IntegrityError, match="recommender_run_kind"):
        TrainingRun.objects.create(kind="two words", mode=RunMode.FULL, trigger=RunTrigger.MANUAL)


def test_the_two_kinds_keep_the_numbers_of_their_locks() -> None:
    assert [kinds.number(name) for name in ("factorization", "sequence")] == [0, 1]
    assert [type(kind) for kind in kinds.registered()] == [StarKind, NextItemKind]


def test_another_kind_answers_where_the_first_has_no_version(
    world: World,
    versions: dict[str, LoadedVersion],
    second: NextItemKind,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = replace(versions["sequence"], kind="second", pk=7)
    watched = world.even[:3]
    live(monkeypatch, versions["factorization"], other)
    ranking = Recommender(history_from(watched)).watch_next(5)
    assert ranking.version == "second/7"
    assert len(ranking) == 5
    live(monkeypatch, versions["factorization"], other, versions["sequence"])
    assert Recommender(history_from(watched)).watch_next(5).version == versions["sequence"].label


def test_one_kind_alone_answers_a_command(world: World) -> None:
    version = world.publish("factorization")[0]
    world.fan_of_even()
    with pytest.raises(CommandError, match="no sequence version is live"):
        call_command("recommend", "ada", "--kind", "sequence")
    world.publish("sequence")
    person = Recommender(history_from(world.even[:3]))
    assert "+" in person.top_picks(3).version
    alone = Recommender(history_from(world.even[:3]), live=live_state_of("factorization"))
    assert alone.top_picks(3).version == f"factorization/{version.pk}"
    assert alone.scores.next_scores is None
