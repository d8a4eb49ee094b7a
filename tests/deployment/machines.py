"""Machines of a test: a network namespace and a folder of its own for each, and what they share.

What they share (PostgreSQL, Valkey, an object store) is reached over TCP alone. Where no namespace
may be made, a machine is its folder, at 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.local_run import free_port

ROOT = Path(__file__).resolve().parents[2]
# Of the addresses that documentation may use (RFC 5737), which nobody has but a machine like ours.
NETWORKS = ("198.51.100", "203.0.113", "192.0.2")
LINK = "mtn"  # how the names of our links begin
PIECE = 65536


@dataclass
class Machine:
    """``address`` is where others find it, with its site at ``port``; ``host`` is where it finds
    what is shared."""

    name: str
    folder: Path
    address: str
    host: str
    port: int
    prefix: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def site(self) -> str:
        return f"http://{self.address}:{self.port}"

    def start(self, name: str, *words: str) -> None:
        """Run a module of Python there, with a log in the folder."""
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [*self.prefix, sys.executable, "-m", *words],
                cwd=ROOT,
                env={**os.environ, **self.environment, "MATINEE_VAR": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.processes.append(process)

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for log in self.folder.glob("*.log"):
            print(f"--- {self.name}: {log.name}\n{log.read_text(errors='replace')[-3000:]}")


@contextmanager
def two_machines(folder: Path) -> Iterator[list[Machine]]:
    with ExitStack() as stack:
        machines = []
        for number, name in enumerate(("one", "two")):
            own = folder / name
            own.mkdir()
            machine = stack.enter_context(_machine(name, number, own))
            stack.callback(machine.stop)
            machines.append(machine)
        yield machines


@contextmanager
def _machine(name: str, number: int, folder: Path) -> Iterator[Machine]:
    space = f"matinee-{os.getpid()}-{number}"
    if (reason := _make_namespace(space)) is not None:
        print(f"No network namespace ({reason}): machine {name} is a folder at 127.0.0.1")
        yield Machine(name, folder, "127.0.0.1", "127.0.0.1", free_port())
        return
    network = _free_network()
    host, inside = (f"{network}.{4 * number + place}" for place in (1, 2))
    link = f"{LINK}{os.getpid()}-{number}"
    try:
        _ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", space)
        _ip("addr", "add", f"{host}/30", "dev", link)
        _ip("link", "set", link, "up")
        for words in (
            ("addr", "add", f"{inside}/30", "dev", "eth0"),
            ("link", "set", "eth0", "up"),
            ("link", "set", "lo", "up"),
        ):
            _ip("-netns", space, *words)
        yield Machine(name, folder, inside, host, 8000, ["ip", "netns", "exec", space])
    finally:
        _ip("netns", "del", space)  # and the link with it


def _free_network() -> str:
    known = "".join(_ip("-4", "-o", what, "show").stdout for what in ("addr", "route"))
    # Those of our own other machine share a network, but no address.
    others = "\n".join(line for line in known.splitlines() if LINK not in line)
    return next(network for network in NETWORKS if f" {network}." not in f" {others}")


def _make_namespace(space: str) -> str | None:
    """Why not, or none."""
    if shutil.which("ip") is None:
        return "there is no `ip`: install iproute2"
    done = subprocess.run(["ip", "netns", "add", space], capture_output=True, text=True)
    return (done.stderr.strip() or "no reason given") if done.returncode else None


def _ip(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@contextmanager
def shared(address: str, target: str | tuple[str, int]) -> Iterator[int]:
    """A port at an address that leads to a Unix socket, or another port, of this machine."""
    with socket.create_server((address, 0)) as server:
        over = threading.Event()
        threading.Thread(target=_accept, args=(server, target, over), daemon=True).start()
        try:
            yield int(server.getsockname()[1])
        finally:
            over.set()
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts


def _accept(server: socket.socket, target: str | tuple[str, int], over: threading.Event) -> None:
    while not over.is_set():
        try:
            near, _ = server.accept()
        except OSError:
            return
        far = socket.socket(socket.AF_UNIX if isinstance(target, str) else socket.AF_INET)
        try:
            far.connect(target)
        except OSError:
            near.close()
            far.close()
            continue
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(PIECE):
            target.sendall(data)
    for one in (source, target):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
    source.close()
