"""Each list of requirements names what is imported where it is installed, and nothing else."""

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.production_imports import LOCAL, PACKAGES, ROOT

BY_NAME_ONLY = {
    "argon2-cffi": "Django's password hasher",
}
"""Of requirements.in: what no module imports, and who uses it."""


def named_in(name: str) -> set[str]:
    lines = (ROOT / name).read_text().splitlines()
    requirements = [Requirement(line) for line in lines if line and line[0] not in "#-"]
    return {canonicalize_name(one.name) for one in requirements}


def imported_by(modules: list[Path]) -> dict[str, Path]:
    """The distributions whose modules are imported, anywhere in these files, each with one."""
    owners = packages_distributions()
    found: dict[str, Path] = {}
    for path in modules:
        for module in outside_imports(ast.parse(path.read_text())):
            for owner in owners.get(module, [f"(whatever provides {module})"]):
                found[canonicalize_name(owner)] = path
    return found


def outside_imports(tree: ast.AST) -> Iterator[str]:
    """Top-level names that run-time imports ask for, without Python's and ours."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top not in PACKAGES:
                yield top
        yield from outside_imports(node)


def modules(local: bool) -> list[Path]:
    folder = ROOT / LOCAL.replace(".", "/")
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return [path for path in paths if (folder in path.parents) is local]


def with_needs(names: set[str]) -> set[str]:
    """With what their own metadata asks for: there is no Celery without kombu, say."""
    needs = {
        canonicalize_name(Requirement(line).name) for name in names for line in requires(name) or ()
    }
    return names | needs


def test_production_imports_what_its_list_names_only() -> None:
    imported = imported_by(modules(local=False))
    named = named_in("requirements.in")
    missing = {name: imported[name] for name in imported.keys() - with_needs(named)}
    assert not missing


def test_the_local_run_imports_what_its_lists_name_only() -> None:
    imported = imported_by(modules(local=True))
    named = named_in("requirements.in") | named_in("requirements-local.in")
    missing = {name: imported[name] for name in imported.keys() - named}
    assert not missing


def test_the_site_uses_all_that_its_list_names() -> None:
    used = imported_by(modules(local=False)).keys() | BY_NAME_ONLY.keys()
    assert named_in("requirements.in") - used == set()


@pytest.mark.parametrize("name", sorted(BY_NAME_ONLY))
def test_what_is_excepted_is_named_and_not_imported(name: str) -> None:
    assert name in named_in("requirements.in")
    assert name not in imported_by(modules(local=False))


def test_every_name_has_its_line_of_reason() -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text()
    names = {name for path in ROOT.glob("requirements*.in") for name in named_in(path.name)}
    words = {
        canonicalize_name(word.strip().partition("[")[0])
        for line in reasons.splitlines()
        if line.startswith("| ")
        for word in line.split("|")[1].split(",")
        if word.strip().isascii() and " " not in word.strip()
    }
    assert names - words == set()
