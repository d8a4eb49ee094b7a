"""Which names look like one."""

import pytest

from catalog.look_alikes import look_of, looks_of


@pytest.mark.parametrize(
    "other", ["IDA", "Ida", "ｉｄａ", "idа", "ІDA", "ida", "ιda", "1da", "lda", "іdа"]
)
def test_these_look_like_ida(other: str) -> None:
    assert look_of(other) == look_of("ida")


@pytest.mark.parametrize("other", ["ada", "ida-7", "idaa", "idä", "i.da", "Идa", "井田"])
def test_these_do_not(other: str) -> None:
    assert look_of(other) != look_of("ida")


@pytest.mark.parametrize("name", ["Müller", "иван", "井田", "ida.lupino+1"])
def test_a_name_looks_like_itself_in_capitals(name: str) -> None:
    assert look_of(name) == look_of(name.upper()) == look_of(look_of(name))


def test_capitals_may_look_like_others_than_small_letters_do() -> None:
    assert look_of("Nick") in looks_of("Νick")
    assert look_of("Hera") in looks_of("Нera")
