"""The supervisor: starts everything in order, keeps it running, stops everything."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from types import FrameType

from moviesite.local.checks import only_run, require_free_port, require_space
from moviesite.local.children import Child, site_children
from moviesite.local.console import complain, phase, say
from moviesite.local.environment import joinable
from moviesite.local.errors import LocalRunError, StopRequested
from moviesite.local.first_data import first_dataset
from moviesite.local.logs import WatchedLog, last_line
from moviesite.local.processes import LOG_MODE, leftovers, spawn, stop, stop_leftovers
from moviesite.local.restarts import KeptServer, failure_of
from moviesite.local.services import Services, start_services

TICK = 0.2  # seconds between two looks at the children
WEB_PATIENCE = 120.0  # seconds
STEP_TICK = 0.05
STEP_STOP = ((signal.SIGTERM, 3.0),)


class Supervisor:
    """One local run.

    Parameters
    ----------
    root
        The checkout, where ``manage.py`` is.
    var
        Folder of the run's state.
    given
        The environment: HOST, PORT, DATABASE_URL, REDIS_URL and MATINEE_DATASET count here, and
        the children inherit all of it.
    """

    def __init__(self, root: Path, var: Path, given: Mapping[str, str]) -> None:
        self.root = root
        self.var = var
        self.given = given
        self.host = given.get("HOST") or "127.0.0.1"
        self.port = _port(given.get("PORT") or "8000")
        self.environment: dict[str, str] = dict(given)
        self.services: Services | None = None
        self.servers: list[KeptServer] = []
        self.children: list[Child] = []

    def run(self) -> None:
        """Start, announce, and keep running until asked to stop.

        Raises
        ------
        LocalRunError
            When something essential is missing or fails, in one sentence.
        StopRequested
            After Ctrl-C, SIGTERM or SIGHUP; everything has been stopped by then.
        """
        (self.var / "log").mkdir(parents=True, exist_ok=True)
        for log in (self.var / "log").iterdir():
            log.chmod(LOG_MODE)  # of an earlier release, whose logs everybody could read
        with only_run(self.var):
            try:
                stop_leftovers(list(leftovers(self.var)))
                require_space(self.var)
                require_free_port(self.host, self.port)
                self._run_with_services()
            finally:
                _ignore_further_signals()
                # What a stop in the middle of a start may have missed.
                stop_leftovers(list(leftovers(self.var)))

    def _run_with_services(self) -> None:
        say("Starting PostgreSQL and Valkey")
        with start_services(self.var, given=self.given) as self.services:
            self.environment.update(self.services.environment, PORT=str(self.port))
            self.servers = [KeptServer(*named) for named in self.services.servers.items()]
            with joinable(self.var, self.services.environment):
                self._run_site()

    def _run_site(self) -> None:
        answer = self._prepare()
        if answer["catalog_is_empty"]:
            self._load_first_data()
        self.children = site_children(
            root=self.root,
            var=self.var,
            environment=self.environment,
            host=self.host,
            port=self.port,
        )
        try:
            self._start_site(answer["untrained"])
            while True:
                self._watch()
                time.sleep(TICK)
        finally:
            _ignore_further_signals()
            self._stop_site()

    def _prepare(self) -> dict[str, list[str]]:
        path = self.var / "prepared.json"
        module = "moviesite.local.preparation"
        self._step("Preparing the database", "-m", module, str(path))
        prepared: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
        return prepared

    def _load_first_data(self) -> None:
        with phase("The catalog is empty: loading a first dataset"):
            source = first_dataset(self.given.get("MATINEE_DATASET", ""), self.var)
            self._step(f"Importing {source}", "manage.py", "import_dataset", str(source))

    def _start_site(self, untrained: Sequence[str]) -> None:
        say(f"Starting web, workers and schedule (logs: {self.var / 'log'})")
        web, *others = self.children
        web.start()
        self._wait_for(web)
        for child in others:
            child.start()
        if untrained:
            say(f"The site is open at {self._address()} while its first models are trained")
        for kind in untrained:
            with phase(f"Training the first {kind} model"):
                try:
                    self._step(
                        f"Training the {kind} model",
                        *("manage.py", "train", "--kind", kind, "--wait"),
                    )
                except LocalRunError as error:
                    # The site answers without a model, and the schedule will try again.
                    complain(f"{error} The site starts without this model.")
        say(f"Matinee is ready: {self._address()}")

    def _address(self) -> str:
        host = self._reachable_host()
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def _reachable_host(self) -> str:
        """Where this machine itself reaches a server that listens on ``host``."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104

    def _step(self, what: str, *arguments: str) -> None:
        """Run a command of ours to its end, while the children are looked after."""
        process = spawn(
            [sys.executable, *arguments],
            var=self.var,
            environment=self.environment,
            output=None,
            errors=None,
            cwd=self.root,
        )
        try:
            while process.poll() is None:
                self._watch()
                time.sleep(STEP_TICK)
        finally:
            stop(process, STEP_STOP)
        if process.returncode:
            raise LocalRunError(f"{what} failed with exit status {process.returncode}; see above.")

    def _wait_for(self, web: Child) -> None:
        deadline = time.monotonic() + WEB_PATIENCE
        while not self._web_answers():
            if web.backoff.failures:
                raise LocalRunError(f"The web server did not start: {last_line(web.log.path)}")
            if time.monotonic() > deadline:
                raise LocalRunError(
                    f"The web server did not answer within {WEB_PATIENCE:.0f} s; its log: "
                    f"{web.log.path}"
                )
            self._watch()
            time.sleep(0.1)

    def _web_answers(self) -> bool:
        allowed = self.environment.get("ALLOWED_HOSTS", "").split(",")[0].lstrip(".*")
        connection = http.client.HTTPConnection(self._reachable_host(), self.port, timeout=5)
        try:
            connection.request("GET", "/health/live", headers={"Host": allowed or "localhost"})
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _watch(self) -> None:
        """Start again what ended, and show what the logs warn of."""
        now = time.monotonic()
        happened = [kept.watch(now) for kept in self.servers]
        happened += [child.watch(now) for child in self.children]
        for message in filter(None, happened):
            complain(message)
        for child in self.children:
            if error := failure_of(partial(_look_after, child.log, now)):
                complain(f"The log of {child.name} cannot be looked after: {error}.")

    def _stop_site(self) -> None:
        for child in reversed(self.children):
            child.ask_to_stop()
        for child in reversed(self.children):
            child.stop()


def _look_after(log: WatchedLog, now: float) -> None:
    for line in log.news(now):
        complain(line)
    log.keep_small()


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise LocalRunError(f"PORT has to be a number from 1 to 65535, and is {text!r}.")
    return int(text)


def raise_on_signals() -> None:
    """Turn Ctrl-C, SIGTERM and a closed terminal into `StopRequested`."""

    def handler(_number: int, _frame: FrameType | None) -> None:
        _ignore_further_signals()
        raise StopRequested

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _ignore_further_signals() -> None:
    """Stopping takes seconds and must not be cut short half-way."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def run(root: Path) -> None:
    """Run until asked to stop; the entry of ``make run``."""
    var = Path(os.environ.get("MATINEE_VAR") or root / "var").absolute()
    raise_on_signals()
    Supervisor(root, var, os.environ).run()
