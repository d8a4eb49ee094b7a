"""A machine of its own: Debian from its packages, started by its own systemd, without Docker.

It is a folder that ``debootstrap`` fills, and a set of namespaces in which nothing but that folder
is seen and no network but its own loopback. Packages come before it is started, by the network of
here. It needs root, ``debootstrap`` and ``systemd-nspawn``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

ESSENTIAL = "systemd,systemd-sysv,dbus,ca-certificates,iproute2"
BOOT_SECONDS = 120
# As a shell of root's there has them, and nothing of here.
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}
# How packages are found from here: certificates, mirrors, time limits of pip.
OF_PACKAGES = ("/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt", "/etc/resolv.conf")


@dataclass
class Machine:
    """``shown`` are folders of here that it may read, such as one of datasets or wheels."""

    tree: Path
    shown: list[Path] = field(default_factory=list)
    _boot: subprocess.Popen[bytes] | None = None

    def make(self, suite: str, mirror: str) -> None:
        command = ["debootstrap", "--variant=minbase", f"--include={ESSENTIAL}"]
        subprocess.run([*command, suite, str(self.tree), mirror], check=True, stdout=2)
        # A machine that is thrown away waits for no disk.
        (self.tree / "etc/dpkg/dpkg.cfg.d/unsafe").write_text("force-unsafe-io\n")
        for name in OF_PACKAGES:
            if Path(name).exists():
                there = self.tree / name.lstrip("/")
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(name, there)

    def prepare(self, script: str) -> None:
        """Run a script of the shell before the machine is started, with the network of here."""
        pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        # No package starts its service meanwhile: there is no systemd yet.
        policy = self.tree / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        command = [*self._nspawn(), "--as-pid2", "/bin/sh", "-euxc", script]
        try:
            subprocess.run(command, env={**os.environ, **pip}, check=True, stdout=2)
        finally:
            policy.unlink()

    def start(self) -> None:
        command = [*self._nspawn(), "--private-network", "--boot", "--console=passive"]
        self._boot = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + BOOT_SECONDS
        while self._state() not in ("running", "degraded"):
            if self._boot.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the machine did not start: {self._state()}")
            time.sleep(0.5)

    def run(self, script: str, *, check: bool = True) -> str:
        """What a script of the shell prints there; its errors are shown here."""
        answer = subprocess.run(
            [*self._enter(), "/bin/sh", "-euc", script],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            text=True,
            check=check,
        )
        return answer.stdout

    def stop(self) -> None:
        if self._boot is not None and self._boot.poll() is None:
            self.run("systemctl poweroff", check=False)
            self._boot.wait(120)

    def _state(self) -> str:
        try:
            return self.run("systemctl is-system-running", check=False).strip()
        except (subprocess.SubprocessError, LookupError):
            return "not there"

    def _nspawn(self) -> list[str]:
        shown = [f"--bind-ro={folder}" for folder in self.shown]
        return [
            "systemd-nspawn",
            "--quiet",
            "--register=no",
            "--keep-unit",
            f"--directory={self.tree}",
            *shown,
        ]

    def _enter(self) -> list[str]:
        return ["nsenter", "--all", f"--target={self._first_process()}", "--root", "--wd"]

    def _first_process(self) -> int:
        """The machine's init: the child of the program that holds the machine."""
        if self._boot is None:
            raise LookupError("the machine was never started")
        pid = self._boot.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if not children:
            raise LookupError("the machine has not begun to start")
        return int(children[-1])
