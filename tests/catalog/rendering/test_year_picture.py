from io import BytesIO

from PIL import Image

from catalog.rendering.year_picture import YearWords, can_write, year_picture


def picture(heading: str) -> Image.Image:
    words = YearWords(heading, [("3", "films")], [("Director", "Agnès Varda")], [("1950s", 3)], "M")
    return Image.open(BytesIO(year_picture(words)))


def test_a_long_heading_stays_on_the_picture() -> None:
    image = picture("A name of very many letters indeed’s 2025 in films, and then some more of it")
    margin = image.crop((1000, 60, 1080, 200)).getcolors()
    assert margin is not None
    assert len(margin) == 1, "nothing is written into the margin"


def test_letters_that_the_fonts_lack_are_known() -> None:
    assert can_write("Toshirō Mifune, Zoë’s, Łódź")
    assert not can_write("三船敏郎")
