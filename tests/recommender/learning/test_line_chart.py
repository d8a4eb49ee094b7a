"""Line charts: where points come to lie, what is said of them, and what is escaped."""

from xml.etree import ElementTree

from recommender.learning.line_chart import BOTTOM, LEFT, RIGHT, TOP, Scale, Series, line_chart

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*series: Series, title: str = "Loss", limit: float | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(line_chart(title, series, x_label="epoch", limit=limit))  # noqa: S314


def texts(picture: ElementTree.Element) -> list[str | None]:
    return [text.text for text in picture.iter(f"{SVG}text")]


def test_lines_fill_the_plot_from_its_lowest_to_its_highest_value() -> None:
    picture = drawn(Series(name="fit", points=[(1, 0.0), (2, 5.0), (3, 10.0)]))
    (line,) = picture.iter(f"{SVG}polyline")
    middle = f"{(LEFT + RIGHT) / 2},{(TOP + BOTTOM) / 2}"
    assert line.get("points") == f"{LEFT}.0,{BOTTOM}.0 {middle} {RIGHT}.0,{TOP}.0"
    assert texts(picture) == ["0", "5", "10", "1", "epoch 3"]


def test_the_picture_says_what_it_shows_and_escapes_names() -> None:
    picture = drawn(Series(name='"<fit>"', points=[(1, 3.0), (2, 1.5)]), title="Loss & more")
    assert picture.get("aria-label") == 'Loss & more. "<fit>": 1.5 at the end, 1.5 to 3'


def test_the_limit_is_inside_of_the_plot() -> None:
    picture = drawn(Series(name="new", points=[(0, 0.0), (1, 5.0)]), limit=20)
    (level,) = (line for line in picture.iter(f"{SVG}line") if line.get("class") == "chart-limit")
    assert float(level.get("y1", "")) == TOP


def test_points_that_are_no_numbers_are_left_out() -> None:
    nothing = Series(name="lost", points=[(1, float("nan")), (2, float("inf"))])
    assert line_chart("Loss", [nothing]) == ""
    picture = drawn(nothing, Series(name="fit", points=[(1, 2.0), (2, float("nan")), (3, 1.0)]))
    (line,) = picture.iter(f"{SVG}polyline")
    assert len((line.get("points") or "").split()) == 2


def test_one_point_stands_in_the_middle_and_is_labelled_once() -> None:
    picture = drawn(Series(name="fit", points=[(7, 0.5)]))
    assert texts(picture)[-1] == "epoch 7"
    (dot,) = picture.iter(f"{SVG}circle")
    assert float(dot.get("cx", "")) == (LEFT + RIGHT) / 2


def test_ticks_are_round_numbers_inside() -> None:
    assert Scale.over([0.013, 0.087], 0, 1).ticks() == [0.02, 0.04, 0.06, 0.08]
