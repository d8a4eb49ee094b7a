"""``python -m moviesite.local.lock``: write requirements*.txt from requirements*.in.

uv resolves each list for every platform and Python at once. Of torch there are two builds under
one version, of which pip must not take the wrong one, so each has a list of its own:

- requirements.txt holds the hashes of the builds without CUDA, which PyTorch's own index has for
  Linux, and none of what only CUDA needs;
- requirements-cuda.txt holds torch as the package index has it, and all that this needs.

A list that includes another one holds what it adds.
"""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from moviesite.local.bootstrap import CPU_ONLY_TORCH, NEWEST, OLDEST, ROOT, dotted, fail, say

CPU_BUILDS = f"{CPU_ONLY_TORCH}/torch/"
CUDA_PACKAGE = re.compile(r"(nvidia|cuda)-|triton$")
ENTRY = re.compile(r"^([A-Za-z0-9][\w.-]*)==.*\n(?: .*\n)*", re.M)
HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")

Entries = dict[str, str]
"""What a lock says of each package: its version for each platform, and the hashes."""


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """One list of requirements, the one that it adds to, and whether it is for every Python."""

    name: str
    base: Requirements | None = None
    universal: bool = True

    @property
    def source(self) -> str:
        return f"{self.name}.in"

    @property
    def lock(self) -> str:
        return f"{self.name}.txt"


SITE = Requirements(name="requirements")
LOCAL = Requirements(name="requirements-local", base=SITE)
S3 = Requirements(name="requirements-s3", base=SITE)
DEVELOPMENT = Requirements(name="requirements-dev", base=LOCAL)
CUDA = Requirements(name="requirements-cuda")
SEMGREP = Requirements(name="requirements-semgrep")
BENCHMARKS = Requirements(name="requirements-bench", universal=False)  # Its numpy is an old one.


def main(options: list[str]) -> None:
    """Lock all lists; ``options`` go to uv: ``--upgrade`` takes newer versions where it may."""
    site = resolve(SITE, {}, options)
    without_cuda = cpu_build_hashes(site["torch"], locked(SITE)["torch"])
    write(SITE, for_cpus(site, without_cuda))
    write(CUDA, resolve(CUDA, site, options))
    write(SEMGREP, resolve(SEMGREP, {}, options))
    write(BENCHMARKS, for_cpus(resolve(BENCHMARKS, {}, options), without_cuda))
    s3 = resolve(S3, site, options)
    local = resolve(LOCAL, site, options)
    development = resolve(DEVELOPMENT, {**s3, **local}, options)
    for requirements, whole, base in (
        (S3, s3, site),
        (LOCAL, local, site),
        (DEVELOPMENT, development, local),
    ):
        write(requirements, {name: entry for name, entry in whole.items() if name not in base})


def locked(requirements: Requirements) -> Entries:
    return entries((ROOT / requirements.lock).read_text(encoding="utf-8"))


def entries(text: str) -> Entries:
    """The entries of a lock by package; where versions differ by Python, one after the other."""
    found: Entries = {}
    for match in ENTRY.finditer(text):
        found[match[1]] = found.get(match[1], "") + match[0]
    return found


def resolve(requirements: Requirements, fixed: Entries, options: list[str]) -> Entries:
    """uv's answer: versions as in ``fixed``, else as locked before where that still fits."""
    with TemporaryDirectory() as folder:
        output, constraints = Path(folder, "output.txt"), Path(folder, "constraints.txt")
        output.write_text(pins({**locked(requirements), **fixed}), encoding="utf-8")
        constraints.write_text(pins(fixed), encoding="utf-8")
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--generate-hashes"]
        command += ["--no-annotate", "--no-header", "--python-version", dotted(OLDEST)]
        command += ["--universal"] if requirements.universal else []
        command += ["--constraints", str(constraints), "--output-file", str(output), *options]
        if subprocess.run([*command, requirements.source], cwd=ROOT).returncode:  # noqa: S603
            fail(f"{requirements.source} has no solution: see above.")
        return entries(output.read_text(encoding="utf-8"))


def pins(lock: Entries) -> str:
    """The entries without their hashes, which uv would keep instead of asking for them."""
    lines = re.findall(r"^\w.*", "".join(lock.values()), re.M)
    return "".join(line.removesuffix(" \\") + "\n" for line in lines)


def for_cpus(lock: Entries, without_cuda: set[str]) -> Entries:
    """A lock whose torch is a build without CUDA."""
    pin = lock["torch"].split(" \\\n", 1)[0]
    hashes = [f"    --hash={value}" for value in sorted(without_cuda)]
    torch = " \\\n".join([pin, *hashes]) + "\n"
    rest = {name: entry for name, entry in lock.items() if not CUDA_PACKAGE.match(name)}
    return {**rest, "torch": torch}


def cpu_build_hashes(entry: str, before: str) -> set[str]:
    """Hashes of PyTorch's own CPU builds of the version in ``entry``.

    Where they cannot be asked for, those of ``before`` hold as long as the version is the same.
    """
    version = version_of(entry)
    try:
        with urllib.request.urlopen(CPU_BUILDS, timeout=10) as answer:  # noqa: S310
            return listed_hashes(answer.read().decode(), version)
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        if version_of(before) != version:
            fail(f"The hashes of the CPU builds of torch {version} cannot be had: {error}.")
        say(f"The index of torch's CPU builds says {error}: their hashes stay as they are.")
        return set(HASH.findall(before))


def version_of(entry: str) -> str:
    return entry.split("==", 1)[1].split()[0]


def listed_hashes(page: str, version: str) -> set[str]:
    """Of a page of the CPU index: the wheels for our Pythons on Linux and macOS."""
    pythons = "|".join(f"cp3{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1))
    build = rf"(?:(?:%2B|\+)cpu-({pythons})-\1-manylinux|-({pythons})-(?:\2|none)-macosx)"
    wheel = rf"torch-{re.escape(version)}{build}\w+\.whl#sha256=([0-9a-f]{{64}})"
    found = re.findall(wheel, page)
    if not found:
        fail(f"The index of CPU builds lists no torch {version}.")
    return {f"sha256:{value}" for *_, value in found}


def write(requirements: Requirements, lock: Entries) -> None:
    lines = [f"# All that {requirements.source} leads to, written by `make lock`."]
    if requirements.base:
        lines.append(f"-r {requirements.base.lock}")
    text = "\n".join([*lines, "".join(lock.values())])
    (ROOT / requirements.lock).write_text(text, encoding="utf-8")
    say(f"{requirements.lock}: {len(lock)} packages")


if __name__ == "__main__":
    main(sys.argv[1:])
