"""People made up for the tests, and The Movies Dataset's files about them."""

from collections.abc import Iterable
from pathlib import Path

from catalog.models import Credit, Department, Movie, Person

from .dataset_files import write_csv


def credit(
    movie: Movie,
    person: Person,
    department: Department = Department.DIRECTING,
    *,
    job: str = "Director",
    character: str = "",
    position: int = 0,
) -> Credit:
    """What a person did in a film; who acts has no job."""
    return Credit.objects.create(
        movie=movie,
        person=person,
        department=department,
        job="" if department is Department.ACTING else job,
        character=character,
        position=position,
    )


def kubrick() -> tuple[Person, list[Movie]]:
    """Stanley Kubrick and three films of his, the best known one not the first."""
    person = Person.objects.create(name="Stanley Kubrick", tmdb_id=240, profile_path="/kubrick.jpg")
    films = [
        Movie.objects.create(title=title, year=year, release_date=f"{year}-05-01", vote_count=votes)
        for title, year, votes in (
            ("The Shining", 1980, 900),
            ("Paths of Glory", 1957, 100),
            ("A Clockwork Orange", 1971, 500),
        )
    ]
    for film in films:
        credit(film, person)
    return person, films


def cast_cell(person: int, name: str, character: str, order: int, **more: object) -> dict:
    """One actor as a cell ``cast`` of credits.csv has them."""
    return {
        "cast_id": order + 14,
        "character": character,
        "credit_id": f"52fe4284c3a36847f8024f{person:02x}",
        "gender": 2,
        "id": person,
        "name": name,
        "order": order,
        "profile_path": f"/person{person}.jpg",
        **more,
    }


def crew_cell(person: int, name: str, job: str, department: str, **more: object) -> dict:
    """One of the crew as a cell ``crew`` of credits.csv has them."""
    return {
        "credit_id": f"52fe4284c3a36847f8024e{person:02x}",
        "department": department,
        "gender": 0,
        "id": person,
        "job": job,
        "name": name,
        "profile_path": None,
        **more,
    }


def write_credits(folder: Path, rows: Iterable[tuple[object, object, object]]) -> Path:
    """credits.csv: cast, crew, id; the cells are Python literals, as on Kaggle."""
    return write_csv(folder / "credits.csv", ("cast", "crew", "id"), rows)


def write_keywords(folder: Path, rows: Iterable[tuple[object, object]]) -> Path:
    """keywords.csv: id, keywords."""
    return write_csv(folder / "keywords.csv", ("id", "keywords"), rows)
