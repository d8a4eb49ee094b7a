"""Days as people's files have them."""

import pytest

from catalog.member_import.formats.dates import DAY_FIRST, MONTH_FIRST, iso, open_order


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2024-03-05", None, "2024-03-05"),
        ("2024/3/5", None, "2024-03-05"),
        ("2024.03.05", None, "2024-03-05"),
        ("20240305", None, "2024-03-05"),
        ("2024-03-05T20:10:11.000Z", None, "2024-03-05T20:10:11+00:00"),
        ("2024-03-05 20:10:11", None, "2024-03-05T20:10:11"),
        ("05.03.2024", None, "2024-03-05"),
        ("5.3.24", None, "2024-03-05"),
        ("25/12/2023", None, "2023-12-25"),
        ("12/25/2023", None, "2023-12-25"),
        ("12/25/23 8:15 PM", None, "2023-12-25T20:15:00"),
        ("03/05/2024", DAY_FIRST, "2024-05-03"),
        ("03/05/2024", MONTH_FIRST, "2024-03-05"),
        ("03/05/2024", None, None),
        ("05/05/2024", None, "2024-05-05"),
        ("5 Mar 2024", None, "2024-03-05"),
        ("March 5, 2024", None, "2024-03-05"),
        ("05-Mar-2024", None, "2024-03-05"),
        ("Sat Dec 31 00:00:00 2016", None, "2016-12-31T00:00:00"),
        ("Tue, 05 Mar 2024 10:00:00 +0000", None, "2024-03-05T10:00:00+00:00"),
        ("964982703", None, "2000-07-30T18:45:03+00:00"),
        ("1709668800000", None, "2024-03-05T20:00:00+00:00"),
        ("March 2024", None, None),
        ("2024", None, None),
        ("yesterday", None, None),
        ("2999-01-01", None, None),
        ("0001-01-01", None, None),
        ("31/02/2024", None, None),
        ("99/99/9999", None, None),
    ],
)
def test_days_in_one_form(text: str, order: str | None, expected: str | None) -> None:
    assert iso(text, order) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["03/04/2024", "25/12/2023"], (DAY_FIRST, [])),
        (["03/04/2024", "12/25/2023"], (MONTH_FIRST, [])),
        (["03/04/2024", "05.06.2024"], (DAY_FIRST, [])),
        (["2024-03-04", "05/05/2024"], (None, [])),
        (["03/04/2024", "03/04/2024", "01/02/2024"], (None, ["03/04/2024", "01/02/2024"])),
        (["03/04/2024", "25/12/2023", "12/25/2023"], (None, ["03/04/2024"])),
    ],
)
def test_one_sure_day_tells_the_order_of_the_file(
    texts: list[str], expected: tuple[str | None, list[str]]
) -> None:
    assert open_order(texts) == expected
