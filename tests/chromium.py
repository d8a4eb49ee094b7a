"""The Chromium that the browser tests drive: Debian's own, found or installed.

The shell without a window of its own is taken first, which draws no frame around each page.

python -m tests.chromium --install
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> Path | None:
    """CHROMIUM where set, else the first of the usual names on PATH."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        if found := shutil.which(name):
            return Path(found)
    return None


def install() -> None:
    """As root on Debian or Ubuntu, install it; elsewhere tell how. Never fails the caller."""
    if find_chromium():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(
            "No Chromium found, so the browser tests will be skipped: install it (on Debian and "
            "Ubuntu: sudo apt-get install chromium) or set CHROMIUM to its path."
        )
        return
    print("Installing Chromium for the browser tests", flush=True)
    packages = ("install", "-y", "-qq", "--no-install-recommends")
    if _apt("update", "-qq") and not _apt(*packages, SHELL):
        _apt(*packages, "chromium")  # Ubuntu has no such package


def _apt(*arguments: str) -> bool:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", *arguments], env=quiet, stdout=subprocess.DEVNULL)
    if done.returncode:
        told = f"apt-get {' '.join(arguments)} failed with status {done.returncode}"
        print(told, file=sys.stderr)
    return not done.returncode


if __name__ == "__main__":
    if sys.argv[1:] != ["--install"]:
        sys.exit("usage: python -m tests.chromium --install")
    install()
