"""Commands in the documentation, read by the parsers of what they call."""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import click
from celery.bin.celery import celery
from django.core.management import get_commands, load_command_class
from gunicorn.config import Config

from moviesite.local.postgres_binaries import candidates

from .pages import ROOT

PLACEHOLDER = re.compile(r"[A-Z]{2,}\b(?!=)|[\[\]…]|\bN\b")
_ASSIGNMENT = re.compile(r"[A-Z_]+=")
# Programs that every reader has, and that nothing of ours parses.
FOREIGN = {"export", "git", "curl"}


def commands_of(script: str) -> list[list[str]]:
    """The commands of a shell snippet as words, without variables that are set for them."""
    lines = script.replace("\\\n", " ").splitlines()
    commands = []
    for line in lines:
        if re.match(r"[A-Z_]+=\$\(", line):
            continue
        words = shlex.split(re.sub(r"\$\([^)]*\)", "$", line), comments=True)
        while words and _ASSIGNMENT.match(words[0]):
            words = words[1:]
        if words:
            commands.append(words)
    return commands


def check(words: list[str]) -> None:
    """Raise ``ValueError`` unless the command can be read by what it calls."""
    program, arguments = Path(words[0]).name, words[1:]
    if program == "manage.py":
        return _managed(arguments)
    if program in ("python", "python3"):
        return _python(arguments)
    if program in FOREIGN:
        return None
    if program not in _CHECKS:
        raise ValueError(f"nothing is known that reads {words}")
    return _CHECKS[program](arguments)


def _managed(arguments: list[str]) -> None:
    name, *rest = arguments
    if PLACEHOLDER.match(name):
        return
    if name not in get_commands():
        raise ValueError(f"manage.py has no command {name!r}")
    app = get_commands()[name]
    command = load_command_class(app, name) if isinstance(app, str) else app
    parser = command.create_parser("manage.py", name)
    if any(PLACEHOLDER.search(word) for word in rest):
        _has_options(parser, rest)
        return
    try:
        parser.parse_args(rest)
    except (SystemExit, Exception) as error:  # Django raises CommandError, argparse exits
        raise ValueError(f"manage.py {name} does not take {rest}: {error}") from error


def _has_options(parser: argparse.ArgumentParser, words: list[str]) -> None:
    """For a command with placeholders: the subcommand and each option are there."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            if words[0] not in action.choices:
                raise ValueError(f"{parser.prog} has no {words[0]!r}")
            return _has_options(action.choices[words[0]], words[1:])
    known = {option for action in parser._actions for option in action.option_strings}
    for word in words:
        option = word.strip("[]")
        if option.startswith("-") and option not in known:
            raise ValueError(f"{parser.prog} has no option {option}")
    return None


def _python(arguments: list[str]) -> None:
    if arguments[0] == "-c":
        return None
    if arguments[0] != "-m":
        return check([arguments[0], *arguments[1:]])
    module, *rest = arguments[1:]
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise ValueError(f"there is no module {module}")
    if module.startswith("tests."):
        source = Path(found.origin).read_text(encoding="utf-8")
        for word in rest:
            option = word.strip("[]")
            if option.startswith("--") and f'"{option}"' not in source:
                raise ValueError(f"{module} has no option {option}")
    return None


def _make(arguments: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for word in arguments:
        if (variable := word.partition("=")[0]) != word:
            if not re.search(rf"\$[({{]{variable}[)}}]|^{variable} ", makefile, re.MULTILINE):
                raise ValueError(f"the Makefile does not look at {variable}")
        elif not re.search(rf"^{re.escape(word)}:", makefile, re.MULTILINE):
            raise ValueError(f"there is no target {word!r}")


def _pip(arguments: list[str]) -> None:
    for flag, name in itertools.pairwise(arguments):
        if flag == "-r" and not (ROOT / name).exists():
            raise ValueError(f"there is no file {name}")


def _gunicorn(arguments: list[str]) -> None:
    try:
        Config().parser().parse_args(arguments)
    except SystemExit as error:
        raise ValueError(f"gunicorn does not take {arguments}") from error


def _celery(arguments: list[str]) -> None:
    try:
        _, rest, _ = celery.make_parser(click.Context(celery)).parse_args(list(arguments))
        command = celery.commands[rest[0]]
        command.make_parser(click.Context(command)).parse_args(rest[1:])
    except (click.UsageError, KeyError) as error:
        raise ValueError(f"celery does not take {arguments}: {error}") from error


def _of_postgres(name: str) -> Callable[[list[str]], None]:
    def checked(arguments: list[str]) -> None:
        program = candidates()[0] / name
        described = subprocess.run([program, "--help"], capture_output=True, text=True, check=True)
        for word in arguments:
            option = word.partition("=")[0]
            if option.startswith("-") and not re.search(rf"{option}\b", described.stdout):
                raise ValueError(f"{name} has no option {option}")

    return checked


def _bootstrap(arguments: list[str]) -> None:
    requirements = Path(__file__).resolve().parents[2] / arguments[0]
    if not requirements.exists():
        raise ValueError(f"there is no list of requirements {arguments[0]}")


_CHECKS: dict[str, Callable[[list[str]], None]] = {
    "make": _make,
    "bootstrap.py": _bootstrap,
    "pip": _pip,
    "gunicorn": _gunicorn,
    "celery": _celery,
    "pg_dump": _of_postgres("pg_dump"),
    "pg_restore": _of_postgres("pg_restore"),
    "torchrun": lambda arguments: None,
}
