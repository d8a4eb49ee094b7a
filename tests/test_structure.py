"""The house stays as docs/architecture.md draws it; `make structure` prints it in numbers."""

import pytest

from tests import structure

FILES = structure.python_files()
MOST_LINES = 350


@pytest.mark.parametrize(("package", "most"), [("recommender", 8), ("catalog", 12)])
def test_few_modules_stand_at_the_root_of_a_package(package: str, most: int) -> None:
    assert len(structure.modules_at_the_root_of(package, FILES)) <= most


def test_modules_are_named_by_nouns_and_imperatives() -> None:
    assert len(structure.gerunds(FILES)) <= 8, structure.gerunds(FILES)


def test_each_package_says_what_it_is() -> None:
    assert structure.packages_without_docstring(FILES) == []


def test_tests_mirror_the_code() -> None:
    assert structure.strays_among_tests(FILES) == []


def test_no_file_is_long() -> None:
    long = {path: structure.lines_of(path) for path in FILES}
    assert {path: lines for path, lines in long.items() if lines > MOST_LINES} == {}
