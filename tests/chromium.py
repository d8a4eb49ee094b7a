"""The Chromium that the browser tests drive: Debian's own, found or installed.

python -m tests.chromium --install
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
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
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(["apt-get", *arguments], env=quiet, stdout=subprocess.DEVNULL)
        if done.returncode:
            print(
                f"apt-get {' '.join(arguments)} failed with status {done.returncode}",
                file=sys.stderr,
            )


if __name__ == "__main__":
    if sys.argv[1:] != ["--install"]:
        sys.exit("usage: python -m tests.chromium --install")
    install()
