"""The version of the code that trains a model."""

from __future__ import annotations

import functools
import importlib.metadata
import os
import subprocess
import tomllib

from django.conf import settings


@functools.cache
def code_version() -> str:
    """Version, commit and torch, as ``0.1.0+6144007 torch 2.13.0``.

    ``MATINEE_CODE_VERSION`` overrules the first two, for images built without the history.
    """
    ours = os.environ.get("MATINEE_CODE_VERSION") or f"{_project_version()}{_commit()}"
    return f"{ours} torch {importlib.metadata.version('torch')}"


def _project_version() -> str:
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def _commit() -> str:
    """``+`` and the short commit, with ``.dirty`` for changed files; empty outside a checkout."""
    if not (settings.BASE_DIR / ".git").exists():
        return ""
    command = ["git", "describe", "--always", "--dirty=.dirty", "--exclude=*"]
    try:
        answer = subprocess.run(  # noqa: S603
            command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return f"+{answer.stdout.strip()}" if answer.returncode == 0 else ""
