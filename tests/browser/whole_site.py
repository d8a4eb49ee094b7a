"""A site on which every page has something to show: a row or more of everything that has a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import AbstractUser, Group
from django.db.models import Model
from django.utils import timezone
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from catalog.member_import import request
from catalog.member_import.worker import work
from catalog.models import (
    Collection,
    Company,
    Country,
    Dataset,
    DatasetJob,
    Department,
    FilmChange,
    FilmMerge,
    FilmTranslation,
    Keyword,
    Language,
    MemberImport,
    Movie,
    Offer,
    Person,
    Provider,
    Release,
    Report,
    Sharing,
    TmdbRefresh,
    WatchEvent,
    WatchSync,
)
from catalog.services.diary import Viewing, write
from catalog.services.lists import add_films, make_list
from catalog.services.movie_nights import start_night
from moviesite.accounts.models import Invitation, SignUp, SignUpPolicy, User
from recommender.models import RetrainingPolicy, Scenario, TrainingRun
from tests.browser.conftest import PASSWORD, Site
from tests.browser.test_member_import import RATINGS, WATCHLIST
from tests.catalog.member_import.exports import zipped
from tests.catalog.people import credit
from tests.moviesite.accounts.conftest import fill

YEAR = 2026
# A word longer than a phone is wide, in what people may write.
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@dataclass(frozen=True)
class WholeSite:
    """``parts`` are what stands for each kind in addresses."""

    site: Site
    member: AbstractUser
    root: AbstractUser
    friend: AbstractUser
    parts: dict[type[Model], Model]


def whole_site(site: Site) -> WholeSite:
    member = site.member
    fill(member, site.world)  # type: ignore[arg-type]
    friend = User.objects.create_user("fritz", "fritz@films.example")  # by another site's account
    # A member whose accounts elsewhere this site no longer knows is not what is looked at.
    SocialAccount.objects.filter(user=member).update(user=friend)
    Sharing.objects.update_or_create(user=member, defaults={"is_public": True})
    Sharing.objects.create(user=friend, is_public=True)
    root = User.objects.create_superuser("root", "root@films.example", PASSWORD)
    film = site.world.movies[10]
    person = made_by(film)
    parts: dict[type[Model], Model] = {Movie: film, Person: person}
    for one in (*of_member(site), *of_operators(site, root)):
        parts[type(one)] = one
    return WholeSite(site, member, root, friend, parts)


def made_by(film: Movie) -> Person:
    """All that a film can have; whoever directed it also acted, and in other films."""
    film.overview = f"Somebody is looking for {LONG}, and finds a friend. " * 5
    film.tagline = "Nothing is as it seems."
    film.original_title = f"Der {LONG}"
    film.status, film.homepage = "Released", "https://films.example/ten"
    film.budget, film.revenue, film.vote_average, film.vote_count = 6_000_000, 7, 7.5, 900
    film.release_date = date(film.year or YEAR, 5, 1)
    film.collection = Collection.objects.create(tmdb_id=1, name="The tens")
    film.save()
    Movie.objects.filter(title__in=("Film 20", "Film 30")).update(collection=film.collection)
    film.companies.add(Company.objects.create(tmdb_id=1, name="Ten Pictures"))
    film.countries.add(Country.objects.create(code="US", name="United States"))
    film.spoken_languages.add(Language.objects.create(code="en", name="English"))
    Keyword.objects.create(tmdb_id=1, name="friendship").movies.add(film)
    FilmTranslation.objects.create(movie=film, language="de", title="Der zehnte Film")
    Release.objects.create(
        movie=film, country="US", kind=3, released_on=film.release_date, certificate="PG-13"
    )
    netflix = Provider.objects.get(tmdb_id=8)
    Offer.objects.create(movie=film, country="US", kind="flatrate", provider=netflix)
    person = Person.objects.create(name="Stanley Kubrick", tmdb_id=240)
    for place in (10, 12, 14):
        credit(Movie.objects.get(title=f"Film {place}"), person)
    for place, name in enumerate(("Jack Nicholson", "Shelley Duvall", LONG)):
        actor = Person.objects.create(name=name)
        credit(film, actor, Department.ACTING, character=f"Mr. {LONG}", position=place)
    credit(film, person, Department.ACTING, character="A passer-by", position=9)
    return person


def of_member(site: Site) -> list[Model]:
    user, movies = site.member, site.world.movies
    for month in range(1, 12):
        viewing = Viewing(date(YEAR, month, 3), half_stars=month - 1 or None, note=f"In {LONG}")
        write(user_id=user.pk, movie=movies[month + 9], viewing=viewing)
    films = make_list(user_id=user.pk, title=f"List of {LONG}", is_public=True)
    add_films(films, site.world.even[:6])
    reader = User.objects.get(username="fritz")
    Report.objects.create(reporter=reader, member=user, list=films, concern="other", note=LONG)
    job = request.begin(
        user_id=user.pk,
        file_name=f"{LONG}.zip",
        content=zipped({"ratings.csv": RATINGS, "watchlist.csv": WATCHLIST}),
    )
    work(job.pk)
    sync = WatchSync.objects.create(user=user, server="jellyfin", state="preview")
    for place in (40, 41):
        WatchEvent.objects.create(
            user=user,
            sync=sync,
            server="jellyfin",
            key=f"{place}",
            item=f"{place}",
            movie=movies[place] if place == 40 else None,
            title=f"Film {place}",
        )
    night = start_night(host_id=user.pk, movie_ids=site.world.even[:3], people=2, minutes=30)
    return [films, MemberImport.objects.get(pk=job.pk), sync, night]


def of_operators(site: Site, root: AbstractUser) -> list[Model]:
    film, other = site.world.movies[10], site.world.movies[11]
    Movie.objects.create(title=film.title, year=film.year)  # they wait among the doubles
    interval = IntervalSchedule.objects.create(every=9, period="minutes")
    now = timezone.now()
    return [
        Dataset.objects.create(slug="tens", title="The tens", licence="CC0", citation="Ten, 2010"),
        DatasetJob.objects.create(kind="import", state="refused", source=LONG, refusal=LONG),
        FilmChange.objects.create(
            movie=film, editor=root, fields={"title": ["Film 1O", "Film 10"]}
        ),
        FilmMerge.objects.create(
            kept_id=film.pk, gone_id=2**40, kept_title="Film 10", gone_title="Film 1O", editor=root
        ),
        TmdbRefresh.objects.create(movie=other, due_at=now, failures=3, problem="unreadable"),
        Group.objects.create(name="Some staff"),
        SignUpPolicy.objects.update_or_create(pk=1, defaults={"sign_up": SignUp.OPEN})[0],
        Invitation.objects.create(note="For Mia"),
        RetrainingPolicy.objects.create(),
        Scenario.objects.create(name="family", description="For all of us"),
        TrainingRun.objects.create(
            kind="factorization",
            mode="full",
            trigger="manual",
            status="failed",
            reason=LONG,
            finished_at=now,
            log=f"{LONG * 3}\n" * 20,
            loss_curve=[{"phase": "fit", "epoch": n, "loss": 3 / n} for n in range(1, 5)],
        ),
        interval,
        CrontabSchedule.objects.create(hour="5"),
        SolarSchedule.objects.create(event="sunset", latitude=48, longitude=11),
        ClockedSchedule.objects.create(clocked_time=now + timedelta(days=9)),
        PeriodicTask.objects.create(name="Every nine", task="some.task", interval=interval),
    ]


def give_factors(whole: WholeSite) -> None:
    """Codes to the member, and a key in name only, which no log-in can ask for, to root."""
    TOTP.activate(whole.member, generate_totp_secret())
    RecoveryCodes.activate(whole.member)
    key = {"name": "A key", "credential": "of no use"}
    Authenticator.objects.create(user=whole.root, type=Authenticator.Type.WEBAUTHN, data=key)
