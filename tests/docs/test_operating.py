"""The commands of docs/operating.md, run as printed on a site that is set up by them.

Only where something is differs: the port, the folders of the system, the back-up's name.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
import requests
from django.db import connection

from tests.faults.conftest import wait_until
from tests.faults.local_run import free_port
from tests.mail_server import MailServer, mail_server
from tests.moviesite.backup.conftest import tables
from tests.supervisorctl import supervised

from .pages import ROOT, Snippet, snippets

PAGE = ROOT / "docs" / "operating.md"
PROCESSES = ".venv/bin/gunicorn"  # the block that begins so says what has to be kept running

# Lines that are not run, and why.
NOT_RUN = {
    "python3 moviesite/local/bootstrap.py": "takes gigabytes from the package index: "
    "tests/deployment/fresh does it",
    ".venv/bin/python manage.py createsuperuser": "asks at a terminal: tests/deployment/fresh "
    "answers it",
    "make upgrade": "installs from the package index first; then it calls manage.py upgrade, which "
    "is run here",
}
# Blocks of text that are no commands for a shell of here, by how they begin, and why.
TEXT = {
    "install --directory --mode 0700 secrets": "Docker is not to be had where tests run",
    "apt install git python3-venv": "a machine of its own: tests/deployment/fresh runs it",
    "scrape_configs:": "Prometheus's: tests/deployment/test_prometheus.py runs it",
    "TMDB_API_KEY=": "TMDB's key is the reader's",
    "MATINEE_BACKUP_TO=storage:backups": "variables, which tests/moviesite/backup sets",
    "docker compose up --detach --wait database": "Docker is not to be had where tests run",
    "systemctl stop matinee.target": "a machine of its own with systemd as its init",
}


def test_each_block_of_text_says_why_it_is_not_run() -> None:
    blocks = snippets(PAGE, "text")
    named = [name for block in blocks for name in TEXT if block.text.startswith(name)]
    assert sorted(named) == sorted(TEXT)
    assert len(named) == len(blocks), "a block of text that is not in TEXT"


class Site:
    """A checkout, an environment as for a public site, and what keeps its processes running."""

    def __init__(self, folder: Path, mails: MailServer) -> None:
        self.folder, self.mails, self.port = folder, mails, free_port()
        self.database = f"operated_{uuid.uuid4().hex[:8]}"
        checkout = folder / "site"
        checkout.mkdir()
        for name in ("manage.py", "moviesite", "catalog", "recommender", "static", "templates"):
            (checkout / name).symlink_to(ROOT / name)
        (checkout / ".venv").symlink_to(sys.prefix)
        for name in ("etc", "backups"):
            (folder / name).mkdir()
        (folder / "etc" / "backup_passphrase").write_text("a passphrase of the operator's\n")
        self.environment = {
            **supervised(folder),
            "HOME": str(folder),
            "PYTHONWARNINGS": "ignore",
            "DATABASE_URL": _on_database(os.environ["DATABASE_URL"], self.database),
            "REDIS_URL": _on_number(os.environ["REDIS_URL"], 5),
            "CACHE_URL": _on_number(os.environ["CACHE_URL"], 6),
            "CACHE_TIMEOUT": "20",  # a busy machine
            "SECRET_KEY": secrets.token_urlsafe(50),
            "MATINEE_VAR": str(folder / "state"),
            "MATINEE_URL": f"http://localhost:{self.port}/",
            "MATINEE_BACKUP_PASSPHRASE_FILE": str(folder / "etc" / "backup_passphrase"),
            "EMAIL_URL": mails.url,
            "DEFAULT_FROM_EMAIL": "films@films.example",
            "POSTER_BASE_URL": "",
            "WEB_CONCURRENCY": "1",
            "OMP_NUM_THREADS": "1",
        }

    def here(self, text: str) -> str:
        """What is elsewhere on a machine of tests."""
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
        text = text.replace("/etc/matinee/", f"{self.folder}/etc/")
        made = sorted((self.folder / "backups").glob("*.backup"))
        for name in set(re.findall(r"/srv/backups/\S+", text)):
            text = text.replace(name, str(made[-1]))
        return text.replace("/srv/backups", str(self.folder / "backups"))

    def run(self, text: str, told: str = "", **variables: str) -> str:
        done = subprocess.run(
            ["bash", "-euc", text],
            cwd=self.folder / "site",
            env={**self.environment, **variables},
            input=told,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
        return done.stdout

    def keep_running(self, text: str) -> None:
        (self.folder / "supervised" / "programs").write_text(text)
        self.run("supervisorctl start all")
        wait_until(self.is_whole)

    def is_whole(self) -> bool:
        """Web answers, and has seen the workers of both queues, beat and the mail server."""
        try:
            checks: dict[str, str] = self.ready().json()["checks"]
        except requests.ConnectionError:
            return False
        return {checks[name] for name in ("worker", "training", "beat", "database")} == {"ok"}

    def ready(self) -> requests.Response:
        return requests.get(f"http://localhost:{self.port}/health/ready", timeout=60)


def _on_database(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rpartition('/')[0]}/{name}"))


def _on_number(url: str, number: int) -> str:
    return re.sub(r"\d+$", str(number), url)


@pytest.fixture
def site(tmp_path: Path, transactional_db: None) -> Iterator[Site]:
    """Its tables are made already where a copy is to be had: `migrate` from nothing takes long."""
    migrated = connection.settings_dict["TEST"].get("TEMPLATE") or "template0"
    with mail_server() as mails:
        site = Site(tmp_path, mails)
        names = [site.database, f"{site.database}_other"]
        with connection.cursor() as cursor:
            for name, template in zip(names, (migrated, "template0"), strict=True):
                cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        try:
            yield site
        finally:
            site.run("supervisorctl stop all")
            for log in sorted((tmp_path / "supervised").glob("*.log")):
                print(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}")
            for number in (5, 6):
                _client(_on_number(os.environ["CACHE_URL"], number)).flushdb()
            with connection.cursor() as cursor:
                for name in names:
                    cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url)


def runnable(block: Snippet) -> str:
    """The block without the lines that are named in `NOT_RUN`."""
    lines = [line for line in block.text.splitlines() if not line.startswith(tuple(NOT_RUN))]
    return "\n".join(lines)


def test_each_line_that_is_not_run_is_there() -> None:
    text = "\n".join(block.text for block in snippets(PAGE, "sh"))
    assert [line for line in NOT_RUN if f"\n{line}" not in f"\n{text}"] == []


@pytest.mark.timeout(1800)
def test_the_commands_run_as_printed(site: Site) -> None:
    """
    GIVEN an empty database, Valkey, a mail server, and what supervises processes
    WHEN every command of the page is called, one block after the other
    THEN each succeeds, the doctor finds nothing to mend, and what was restored is what was there
    """
    told: dict[str, str] = {}
    for block in snippets(PAGE, "sh"):
        text = runnable(block)
        if not text:
            continue
        told[str(block)] = run_block(site, site.here(text))
    said = "\n".join(told.values())
    assert "WRONG" not in said
    assert "Sent to ida@films.example" in said
    assert any("ida@films.example" in mail for mail in site.mails.mails)
    assert "Sign-up is by invitation" in said
    assert "The site is upgraded." in said
    assert site.ready().json()["status"] in ("ok", "degraded")
    assert len(told) == len(snippets(PAGE, "sh")) - 1, "make upgrade alone has nothing to run"


def run_block(site: Site, text: str) -> str:
    if text.startswith(PROCESSES):
        site.keep_running(text)
        return ""
    if "invite --end 3" in text:
        site.run(2 * ".venv/bin/python manage.py invite\n")  # so that there is a third
    if "manage.py restore" in text:
        return restored_elsewhere(site, text)
    return site.run(text, told="a-calm-evening-at-home-42\n")


def restored_elsewhere(site: Site, text: str) -> str:
    """On another machine, with an empty database, nothing of the site is missing."""
    other: dict[str, Any] = {
        "DATABASE_URL": _on_database(os.environ["DATABASE_URL"], f"{site.database}_other"),
        "MATINEE_VAR": str(site.folder / "elsewhere"),
    }
    told = site.run(text, **other)
    kept, there = (tables(name) for name in (f"{site.database}_other", site.database))
    assert kept.keys() == there.keys()
    for name in ("accounts_user", "accounts_invitation", "django_migrations"):
        assert kept[name] == there[name], name
    assert kept["accounts_user"][0] >= 1
    return told
