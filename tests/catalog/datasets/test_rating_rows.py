"""Stars on each scale, and the reasons why a row is none."""

import pytest

from catalog.datasets.rating_rows import rating_rows, refuse_other_scale
from catalog.datasets.records import DatasetError, RatingRow
from catalog.datasets.report import Report

TIME = "964982703"


def read(*stars: str, scale: int = 5) -> tuple[list[int], Report]:
    report = Report()
    rows = [(line, ("1", "2", text, TIME)) for line, text in enumerate(stars, start=2)]
    report.count("ratings").read = len(rows)
    taken = [row.half_stars for row in rating_rows(rows, "r.csv", report, scale=scale)]
    return taken, report


@pytest.mark.parametrize(
    ("scale", "stars", "half_stars"),
    [
        (5, ("0.5", ".5", "5", "5.00", "4,5", " 3 "), [1, 1, 10, 10, 9, 6]),
        (10, ("1", "10", "8.0", "7"), [1, 10, 8, 7]),
        (100, ("10", "100", "80.0"), [1, 10, 8]),
    ],
)
def test_each_scale(scale: int, stars: tuple[str, ...], half_stars: list[int]) -> None:
    taken, report = read(*stars, scale=scale)
    assert (taken, report.problems) == (half_stars, [])


@pytest.mark.parametrize(
    ("scale", "stars", "reason"),
    [
        (5, "0", "rating must be a half-star from 0.5 to 5.0, got '0'"),
        (5, "3.3", "rating must be a half-star from 0.5 to 5.0, got '3.3'"),
        (5, "4.5000001", "rating must be a half-star from 0.5 to 5.0, got '4.5000001'"),
        (5, "-1", "rating must be a number, got '-1'"),
        (5, "1e0", "rating must be a number, got '1e0'"),
        (5, "nan", "rating must be a number, got 'nan'"),
        (5, "", "rating must be a number, got ''"),
        (10, "7.5", "rating must be a whole number from 1 to 10, got '7.5'"),
        (10, "0", "rating must be a whole number from 1 to 10, got '0'"),
        (10, "11", "rating must be a whole number from 1 to 10, got '11'"),
        (100, "85", "rating must be a multiple of 10 from 10 to 100, got '85'"),
    ],
)
def test_what_is_no_rating(scale: int, stars: str, reason: str) -> None:
    taken, report = read(stars, scale=scale)
    assert (taken, [problem.reason for problem in report.problems]) == ([], [reason])


def test_low_ratings_of_another_scale_are_not_taken_for_stars() -> None:
    # Half of them would be stars if nobody looked at the others.
    _, report = read("1", "2", "3", "4", "5", "6", "7", "8")
    with pytest.raises(DatasetError, match=r"3 of 8 ratings are too high, up to 8\. Is that a sca"):
        refuse_other_scale(report)


def test_one_slip_in_many_is_a_slip() -> None:
    taken, report = read(*["4"] * 200, "9", "300")
    refuse_other_scale(report)
    assert (len(taken), report.count("ratings").rejected) == (200, 2)


def test_reasons_are_counted_by_kind() -> None:
    _, report = read("3.3", "4.1", "good")
    assert report.reasons == {
        "rating must be a half-star from 0.5 to 5.0, got …": 2,
        "rating must be a number, got …": 1,
    }


def test_numbers_beyond_all_measure_are_rejected() -> None:
    report = Report()
    long = "9" * 5000
    rows = [(2, (long, "1", "4", TIME)), (3, ("1", "1", "4", long)), (4, ("1", "1", "4", TIME))]
    assert list(rating_rows(rows, "r.csv", report)) == [RatingRow(1, 1, 8, int(TIME))]


def test_old_and_missing_times_are_taken_and_counted() -> None:
    report = Report()
    rows = [(2, ("1", "1", "4", "")), (3, ("1", "2", "4", "500000000"))]
    assert [row.rated_at for row in rating_rows(rows, "r.csv", report)] == [0, 500_000_000]
    assert report.remarks == {
        "ratings without a time, taken as the oldest": 1,
        "ratings from before 1990, by their times": 1,
    }
