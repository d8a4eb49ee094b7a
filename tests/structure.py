"""The structure of the code in numbers: ``python -m tests.structure [CHECKOUT]``.

Rooms are packages; arrows are pairs of packages of which one imports the other.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("moviesite", "recommender", "catalog")
# Nouns of the field that only look like gerunds.
NOUNS = frozenset({"rating", "ranking", "sampling"})
MIRRORED = tuple(f"tests/{package}" for package in (*PACKAGES, "templates"))


def python_files(root: Path = ROOT) -> list[str]:
    """Paths of the Python files that git tracks, or will, without migrations."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    paths = listed.stdout.splitlines()
    return sorted(p for p in paths if "/migrations/" not in p and (root / p).exists())


def site_files(files: Iterable[str]) -> list[str]:
    return [path for path in files if path.split("/")[0] in PACKAGES]


def modules_at_the_root_of(package: str, files: Iterable[str]) -> list[str]:
    """Modules directly in ``package``, without its ``__init__``."""
    found = (Path(path) for path in files)
    return sorted(p.stem for p in found if str(p.parent) == package and p.stem != "__init__")


def gerunds(files: Iterable[str]) -> list[str]:
    """Modules named by a gerund; tests, which are named after what they test, do not count."""
    found = []
    for path in files:
        stem = Path(path).stem
        last_word = stem.rpartition("_")[2]
        if last_word.endswith("ing") and last_word not in NOUNS and not stem.startswith("test_"):
            found.append(path)
    return found


def rooms(files: Iterable[str]) -> list[str]:
    return sorted({str(Path(path).parent) for path in site_files(files)})


def arrows(files: Iterable[str], root: Path = ROOT) -> set[tuple[str, str]]:
    """Pairs of packages, (importing, imported), different from each other."""
    known = set(site_files(files))
    found = set()
    for path in known:
        package = str(Path(path).parent).replace("/", ".")
        for target in _imports(root / path, package):
            other = _package_of(target, known)
            if other and other != package:
                found.add((package, other))
    return found


def strays_among_tests(files: Iterable[str], root: Path = ROOT) -> list[str]:
    """Test files in the folders that mirror the code whose name is no module or package there."""
    stray = []
    for path in files:
        file = Path(path)
        if not file.name.startswith("test_") or not path.startswith(MIRRORED):
            continue
        mirrored = root / Path(*file.parts[1:-1]) / file.stem.removeprefix("test_")
        if not any(mirrored.with_suffix(end).exists() for end in (".py", ".html", ".toml", "")):
            stray.append(path)
    return stray


def packages_without_docstring(files: Iterable[str], root: Path = ROOT) -> list[str]:
    """Packages that do not say what they are; Django's own empty ones are passed over."""
    return [
        path
        for path in site_files(files)
        if path.endswith("__init__.py")
        and "/management" not in path
        and not ast.get_docstring(ast.parse((root / path).read_text()))
    ]


def lines_of(path: str, root: Path = ROOT) -> int:
    return len((root / path).read_text().splitlines())


def _imports(file: Path, package: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = parts[: len(parts) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _package_of(target: str, known: set[str]) -> str | None:
    """The package in which ``target``, a module or a name in one, stands."""
    parts = target.split(".")
    for length in range(len(parts), 0, -1):
        path = "/".join(parts[:length])
        if f"{path}.py" in known:
            return ".".join(parts[: length - 1])
        if f"{path}/__init__.py" in known:
            return ".".join(parts[:length])
    return None


def main(root: Path) -> None:
    files = python_files(root)
    site = site_files(files)
    print(
        json.dumps(
            {
                "modules": len(site),
                "rooms": len(rooms(files)),
                "arrows": len(arrows(files, root)),
                "gerund_names": len(gerunds(files)),
                **{
                    f"modules_at_the_root_of_{package}": len(modules_at_the_root_of(package, files))
                    for package in PACKAGES
                },
                "packages_without_docstring": len(packages_without_docstring(files, root)),
                "tests_without_a_module": len(strays_among_tests(files, root)),
                "files_over_300_lines": sum(lines_of(path, root) > 300 for path in site),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
