#!/usr/bin/env python3
"""Make .venv with what a command needs, then become that command.

    python3 moviesite/local/bootstrap.py REQUIREMENTS [ARGUMENT ...]

``MATINEE_VENV`` names another folder than .venv. This runs before anything is installed, so only
the standard library is imported here, and the syntax is one that an older Python can still read:
it has to get as far as saying that it is too old.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

OLDEST, NEWEST = (3, 11), (3, 13)
ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / os.environ.get("MATINEE_VENV", ".venv")
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / "matinee-installed.json"
PIP_LOG = ROOT / "var" / "log" / "pip.log"
# Beside the packages: a /tmp in memory, as newer systems have, does not hold what is downloaded.
DOWNLOADS = VENV / "downloads"
CPU_ONLY_TORCH = "https://download.pytorch.org/whl/cpu"
CUDA_TORCH = ROOT / "requirements-cuda.txt"
INSTALL_NEEDS_MB = 2500


def main(arguments: list[str]) -> None:
    if not arguments:
        fail("usage: bootstrap.py REQUIREMENTS [ARGUMENT ...]")
    requirements = ROOT / arguments[0]
    python = suitable_python()
    wanted = fingerprint(requirements)
    if installed().get(requirements.name) != wanted or not runs(VENV_PYTHON):
        try:
            make_venv(python)
            install(requirements)
            record(requirements.name, wanted)
        except OSError as error:
            reason = f"{error.strerror or error} ({error.filename or VENV})"
            fail(f"Setting up {VENV.name} failed: {reason}.")
    if len(arguments) > 1:
        os.chdir(ROOT)
        os.execv(str(VENV_PYTHON), [str(VENV_PYTHON), *arguments[1:]])  # noqa: S606


def suitable_python() -> str:
    """Path of a Python from OLDEST to NEWEST: this one when it fits, else one found on PATH."""
    if sys.platform not in ("linux", "darwin"):
        fail(f"Matinee's local run works on Linux and macOS, and this is {platform.system()}.")
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and runs(Path(found)):
            return found
    return fail(
        f"Matinee needs Python {dotted(OLDEST)} to {dotted(NEWEST)}, and found only "
        f"{platform.python_version()} ({sys.executable}): install one of these and run it again."
    )


def dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def runs(python: Path) -> bool:
    """True when the interpreter starts and its version is one of ours."""
    check = f"import sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    try:
        answer = subprocess.run([str(python), "-c", check], capture_output=True)  # noqa: S603
    except OSError:
        return False
    return answer.returncode == 0


def fingerprint(requirements: Path) -> str:
    """SHA-256 over a requirements file and those that it includes."""
    digest = hashlib.sha256()
    queue = [requirements]
    for path in queue:
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            fail(f"The requirements file {path} cannot be read: {error.strerror}.")
        digest.update(text.encode())
        queue.extend(path.parent / name for name in re.findall(r"^-r\s+(\S+)", text, re.M))
    return digest.hexdigest()


def installed() -> dict[str, str]:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def record(name: str, wanted: str) -> None:
    """Note what is installed; a larger set covers the files that it includes."""
    stamp = {**installed(), name: wanted}
    for included in re.findall(r"^-r\s+(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.M):
        stamp[included] = fingerprint(ROOT / included)
    STAMP.write_text(json.dumps(stamp, indent=1), encoding="utf-8")


def make_venv(python: str) -> None:
    if runs(VENV_PYTHON) and succeeds([str(VENV_PYTHON), "-m", "pip", "--version"]):
        return
    say(f"Making {VENV.name} with Python {version_of(python)}")
    command = [python, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True)  # noqa: S603
    if made.returncode:
        output = (made.stdout + made.stderr).strip()
        if "ensurepip" in output:
            fail(
                "Python's venv module lacks pip here: install it first "
                f"(on Debian and Ubuntu: apt install python{version_of(python)}-venv)."
            )
        reason = output.splitlines()[-1] if output else "no reason given"
        fail(f"Making {VENV.name} failed: {reason}")


def version_of(python: str) -> str:
    command = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.check_output(command, text=True).strip()  # noqa: S603


def install(requirements: Path) -> None:
    free = shutil.disk_usage(ROOT).free // 10**6
    if free < INSTALL_NEEDS_MB and not installed():
        fail(
            f"The disk that holds {ROOT} has {free} MB free, and the packages to install "
            f"need about {INSTALL_NEEDS_MB} MB."
        )
    PIP_LOG.parent.mkdir(parents=True, exist_ok=True)
    install_torch()
    failure = None
    if sys.platform == "linux" and has_nvidia_gpu() and not has_torch():
        failure = install_list(CUDA_TORCH)
    failure = failure or install_list(requirements)
    if failure and sys.platform == "linux" and not has_torch():
        say("No CPU-only build of torch is to be had here")
        failure = install_list(CUDA_TORCH) or install_list(requirements)
    if failure:
        fail(f"Installing {requirements.name} failed: {failure}")


def install_list(requirements: Path) -> str | None:
    say(f"Installing what {requirements.name} names (full log: {PIP_LOG.relative_to(ROOT)})")
    return pip(["install", "-r", str(requirements)])


def install_torch() -> None:
    """Where no NVIDIA GPU is seen, try the CPU-only build: it spares gigabytes of CUDA."""
    if sys.platform != "linux" or has_nvidia_gpu() or has_torch():
        return
    say(f"No NVIDIA GPU seen: trying the CPU-only build of {pinned_torch()}")
    options = ["--index-url", CPU_ONLY_TORCH, "--timeout", "10", "--retries", "0", "--no-deps"]
    if pip(["install", *options, pinned_torch()]):
        say("The CPU-only index did not answer: the plain build will be installed instead")


def has_torch() -> bool:
    """True when the pinned torch is installed, whichever build of it."""
    version = pinned_torch().partition("==")[2]
    check = f"import sys, torch; sys.exit(torch.__version__.split('+')[0] != {version!r})"
    return succeeds([str(VENV_PYTHON), "-c", check])


def pinned_torch() -> str:
    names = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pinned = re.search(r"^torch==\S+", names, re.M)
    return pinned.group() if pinned else fail("requirements.txt names no torch.")


def has_nvidia_gpu() -> bool:
    return Path("/proc/driver/nvidia/version").exists() or succeeds(["nvidia-smi", "-L"])


def pip(arguments: list[str]) -> str | None:
    """Run pip, showing what takes long; None, or pip's own reason for having failed."""
    command = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments]
    reason = "pip gave no reason"
    DOWNLOADS.mkdir(exist_ok=True)
    process = subprocess.Popen(  # noqa: S603
        command,
        env={**os.environ, "TMPDIR": str(DOWNLOADS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    with process, PIP_LOG.open("a", encoding="utf-8") as log:
        for line in process.stdout or ():
            log.write(line)
            line = line.strip()
            if "No space left on device" in line:
                reason = "the disk that holds " + str(VENV) + " is full"
            elif line.startswith("ERROR:") and line != "ERROR: Exception:":
                reason = line[len("ERROR:") :].strip()
            elif line.startswith("Installing collected packages"):
                say(f"  Unpacking {line.count(',') + 1} packages")
            elif worth_showing(line):
                say("  " + (line if len(line) <= 100 else line[:97] + "..."))
    shutil.rmtree(DOWNLOADS, ignore_errors=True)
    return reason if process.returncode else None


def worth_showing(line: str) -> bool:
    """True for downloads of a megabyte or more, and for packages that are compiled."""
    if line.startswith("Downloading "):
        return line.endswith((" MB)", " GB)"))
    return line.startswith("Building wheel")


def succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True).returncode == 0  # noqa: S603
    except OSError:
        return False


def say(text: str) -> None:
    print(text, flush=True)


def fail(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr, flush=True)
    raise SystemExit(1)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        fail("Stopped.")
