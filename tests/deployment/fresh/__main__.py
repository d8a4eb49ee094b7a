"""Install, serve, train, watch, back up and restore on a fresh Debian, as docs/operating.md says.

    python -m tests.deployment.fresh /var/tmp/fresh [--suite trixie] [--dataset FOLDER]

The commands are the blocks of that page, run as printed, but for the name of the host. What the
page takes for granted is in `surroundings`: a certificate, a proxy, somebody who takes mail. It
takes minutes, most of them for packages, needs root, and ends with what was seen. A folder in which
it was broken off among the packages is gone on with; one in which the site was installed is not.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.docs.pages import ROOT, snippets
from tests.made_up_dataset import write_dataset

from .machine import Machine
from .observer import prometheus

PAGE = ROOT / "docs" / "operating.md"
HOME = "https://films.example/films/"
SITE = "/opt/matinee/site"
PYTHON = f"{SITE}/.venv/bin/python"
CERTIFICATE = "/etc/ssl/films.pem"
MAILBOX = "/var/mail/films"
INSTALLED = "srv/installed"  # there once the site's own commands have begun
READY_SECONDS = 300
TOKEN = "a-token-for-prometheus"
BESIDE = "nginx-light openssl curl prometheus python3-aiosmtpd"
SERVICES = "matinee-web matinee-worker matinee-training matinee-beat"
OF_NETWORK = re.compile(r"apt |git |cd |python3 ")
BEFORE_THE_START = re.compile(r"apt |git |python3 ")
SERVER = f"""
server {{
    listen 443 ssl;
    http2 on;
    server_name films.example;
    ssl_certificate {CERTIFICATE};
    ssl_certificate_key /etc/ssl/private/films.pem;
    include {SITE}/deploy/nginx/matinee-path.conf;
}}
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.deployment.fresh")
    parser.add_argument("folder", type=Path, help="where the machine is made; some gigabytes")
    parser.add_argument("--suite", default="trixie")
    parser.add_argument("--mirror", default="http://deb.debian.org/debian")
    parser.add_argument("--dataset", type=Path, help="a folder of one; else made-up ratings")
    parser.add_argument("--show", type=Path, action="append", default=[], help="wheels, for pip")
    chosen = parser.parse_args()
    refuse_used(chosen.folder)
    machine = Machine(chosen.folder, chosen.show)
    told: dict[str, Any] = {}
    if not (chosen.folder / "usr").exists():
        with timed("Debian", told):
            machine.make(chosen.suite, chosen.mirror)
    with timed("packages", told):
        machine.prepare(packages(machine))
    data = dataset(machine, chosen.dataset)
    try:
        with timed("start of the machine", told):
            machine.start()
        play(machine, data, told)
    finally:
        machine.stop()
        print(json.dumps(told, indent=2))


def refuse_used(folder: Path) -> None:
    """A site is installed once on a machine: its database and its account are there then."""
    if (folder / INSTALLED).exists():
        raise SystemExit(f"{folder} has a site already: remove it, or name another folder.")


def by_systemd() -> list[str]:
    """The commands of the page's section, a continued line being one."""
    [text] = [one.text for one in snippets(PAGE, "text") if "systemctl enable" in one.text]
    return text.replace("\\\n", " ").replace("https://films.example/", HOME).splitlines()


def packages(machine: Machine) -> str:
    """The commands that need a network; the checkout is of here."""
    bundle = machine.tree / "srv" / "matinee.bundle"
    subprocess.run(["git", "bundle", "create", "--quiet", bundle, "HEAD"], cwd=ROOT, check=True)
    script = "\n".join(line for line in by_systemd() if OF_NETWORK.match(line))
    script = script.replace("apt install", f"apt-get update -qq; apt-get install -qq -y {BESIDE}")
    clone = f"[ -e {SITE} ] || git clone -q /srv/matinee.bundle {SITE}"
    fetch = f"git -C {SITE} fetch -q /srv/matinee.bundle HEAD"
    reset = f"git -C {SITE} reset -q --hard FETCH_HEAD"
    return re.sub(r"git clone \S+ \S+", f"{clone}; {fetch}; {reset}", script)


def dataset(machine: Machine, folder: Path | None) -> str:
    if folder is None:
        made_up = machine.tree / "srv" / "ml-100k"
        made_up.mkdir(exist_ok=True)
        write_dataset(made_up)
        return "/srv/ml-100k"
    machine.shown.append(folder.resolve())
    return str(folder.resolve())


def play(machine: Machine, data: str, told: dict[str, Any]) -> None:
    machine.run(surroundings())
    (machine.tree / INSTALLED).touch()
    with timed("site", told):
        machine.run("\n".join(line for line in by_systemd() if not BEFORE_THE_START.match(line)))
        answers(machine)
    machine.run(f"cp -r {data} /var/lib/matinee/dataset; chown -R matinee /var/lib/matinee/dataset")
    with timed("dataset", told):
        machine.run("matinee import_dataset /var/lib/matinee/dataset")
    with timed("training by the worker", told):
        machine.run("matinee train --kind factorization --wait")
    with timed("visit", told):
        joined = visit(machine, "join", machine.run("matinee invite").strip(), MAILBOX)
    told["joined"] = joined
    told["prometheus"] = prometheus(machine, TOKEN, CERTIFICATE)
    told["doctor"] = machine.run("matinee doctor", check=False).splitlines()
    told["security"] = machine.run("systemd-analyze security | grep matinee").splitlines()
    with timed("back-up", told):
        machine.run("matinee backup")
    before = rows(machine)
    with timed("restore", told):
        machine.run(restore())
        answers(machine)
    after = rows(machine)
    told["rows"] = sum(after.values())
    told["tables that differ"] = {
        name: (before[name], after.get(name)) for name in before if before[name] != after.get(name)
    }
    told["returned"] = returned = visit(machine, "return", HOME)
    if joined["version"] == "popularity" or returned != joined:
        raise SystemExit("what the member saw is not what it should be")


def surroundings() -> str:
    """What the page takes for granted: a name, a certificate, a proxy, somebody who takes mail."""
    subject = "-subj /CN=films.example -addext subjectAltName=DNS:films.example"
    kind = "-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -batch"
    return f"""
        echo '127.0.0.1 films.example' >> /etc/hosts
        openssl req {kind} {subject} -keyout /etc/ssl/private/films.pem -out {CERTIFICATE}
        printf %s {shlex.quote(SERVER)} > /etc/nginx/conf.d/films.conf
        systemctl restart nginx
        systemd-run --quiet --unit=mailbox python3 -m aiosmtpd --nosetuid --listen localhost:25 \\
            --class aiosmtpd.handlers.Mailbox {MAILBOX}
        mkdir -p /etc/systemd/system/matinee-.service.d
        printf '[Service]\\nEnvironment=MATINEE_METRICS_TOKEN={TOKEN}\\n' \\
            > /etc/systemd/system/matinee-.service.d/50-metrics.conf
        printf 'Environment=REQUESTS_CA_BUNDLE={CERTIFICATE}\\n' \\
            >> /etc/systemd/system/matinee-.service.d/50-metrics.conf
    """


def answers(machine: Machine) -> None:
    """Wait until the site is ready and its workers have shown themselves."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        said = machine.run(f"curl --silent --cacert {CERTIFICATE} {HOME}health/ready", check=False)
        checks = json.loads(said)["checks"] if said.startswith("{") else {}
        if all(checks.get(name) == "ok" for name in ("database", "worker", "training", "beat")):
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"the site is not ready: {said}")
        time.sleep(1)


def visit(machine: Machine, *arguments: str) -> dict[str, Any]:
    command = shlex.join([PYTHON, "-m", "tests.deployment.fresh.visitor", *arguments])
    told = machine.run(f"cd {SITE}; REQUESTS_CA_BUNDLE={CERTIFICATE} {command}")
    seen: dict[str, Any] = json.loads(told)
    return seen


def restore() -> str:
    """On an empty database, with the site stopped, as the page says."""
    [create] = [line for line in by_systemd() if "createdb" in line]
    return f"""
        systemctl stop matinee.target {SERVICES}
        su postgres -c 'dropdb matinee'
        {create}
        matinee restore $(ls /var/lib/matinee/backups/*.backup)
        matinee migrate
        systemctl start matinee.target {SERVICES}
    """


def rows(machine: Machine) -> dict[str, int]:
    """How many rows each table of the site has."""
    names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    found = machine.run(f'su postgres -c "psql -At matinee -c \\"{names}\\""').split()
    counts = " UNION ALL ".join(
        f"SELECT '{name}', count(*) FROM {name}"  # noqa: S608 - the database's own names
        for name in sorted(found)
    )
    lines = machine.run(f'su postgres -c "psql -At matinee -c \\"{counts}\\""').splitlines()
    return {name: int(count) for name, _, count in (line.partition("|") for line in lines)}


@contextmanager
def timed(what: str, told: dict[str, Any]) -> Iterator[None]:
    print(f"== {what}", file=sys.stderr, flush=True)
    began = time.monotonic()
    yield
    told[f"{what}, s"] = round(time.monotonic() - began, 1)


if __name__ == "__main__":
    main()
