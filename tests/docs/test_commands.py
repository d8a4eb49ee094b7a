"""What reads the commands in the documentation refuses those that do not exist."""

import pytest

from .commands import check, commands_of


@pytest.mark.parametrize(
    "command",
    [
        "manage.py modelz list",
        "manage.py models revert",
        "manage.py models revert N",
        "manage.py train --sooner",
        "manage.py import_dataset SOURCE --sooner",
        "manage.py recommend",
        "make nothing",
        "make run PORTAL=3",
        "python -m tests.benchmarks.bench_nothing",
        "python -m tests.benchmarks.bench_ratings --sooner",
        "celery -A moviesite worker --sooner",
        "celery -A moviesite labourer",
        "gunicorn --sooner",
        "pg_dump --sooner",
        "pip install -r requirements-nothing.txt",
        "matinee run",
    ],
)
def test_a_command_that_does_not_exist_is_refused(command: str) -> None:
    [words] = commands_of(command)
    with pytest.raises(ValueError, match=r"no |not |nothing"):
        check(words)


def test_a_script_is_taken_apart_into_commands() -> None:
    script = 'BIN=$(which ls)\nPORT=1 make run  # here\n"$BIN/pg_dump" -h "$(cat a)" \\\n  -U me\n'
    assert commands_of(script) == [
        ["make", "run"],
        ["$BIN/pg_dump", "-h", "$", "-U", "me"],
    ]
