"""Known vulnerabilities are found in a folder of advisories, without the internet."""

import json
from pathlib import Path

import pytest
from packaging.version import Version

from tests.advisories import main, pinned_in, within

PINS = r"""
Some.Package[extra]==2.1.0 ; python_version > "3.11" \
    --hash=sha256:00
other==1.0
other==1.1
"""
ADVISORY = """
id: PYSEC-1
aliases: [CVE-1]
modified: 2026-02-03T00:00:00Z
details: Takes any key.
affected:
- package: {ecosystem: PyPI, name: some-package}
  ranges:
  - {type: GIT, events: [{introduced: "0"}]}
  - {type: ECOSYSTEM, events: [{introduced: "1.0"}, {fixed: 1.5}, {introduced: "2.0"}, {fixed: %s}]}
"""


@pytest.fixture
def pins(tmp_path: Path) -> str:
    path = tmp_path / "requirements.txt"
    path.write_text(PINS)
    return str(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "advisories" / "vulns" / "some-package"
    path.mkdir(parents=True)
    return path


def test_what_is_pinned_is_read_by_the_names_that_advisories_use(pins: str) -> None:
    assert pinned_in(Path(pins)) == {"some-package": {"2.1.0"}, "other": {"1.0", "1.1"}}


@pytest.mark.parametrize(("fixed", "status"), [("2.1.1", 1), ("2.1.0", 0)])
def test_a_pinned_version_with_a_vulnerability_is_told(
    pins: str, folder: Path, fixed: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "one.yaml").write_text(ADVISORY % fixed)
    assert main([str(folder.parents[1]), pins]) == status
    said = capsys.readouterr().out
    assert ("some-package 2.1.0: PYSEC-1, CVE-1: Takes any key." in said) is bool(status)
    assert f"the newest of 2026-02-03: {status} known vulnerabilities" in said


def test_versions_may_be_named_in_json_and_what_is_withdrawn_is_none(
    pins: str, folder: Path
) -> None:
    package = {"package": {"ecosystem": "PyPI", "name": "other"}, "versions": ["0.9", "1.0"]}
    advisory = {"id": "GHSA-1", "modified": "2026-01-01", "affected": [package]}
    (folder / "one.json").write_text(json.dumps(advisory))
    assert main([str(folder), pins]) == 1
    (folder / "one.json").write_text(json.dumps({**advisory, "withdrawn": "2026-01-02"}))
    assert main([str(folder), pins]) == 0


def test_a_folder_without_advisories_is_no_good_news(pins: str, folder: Path) -> None:
    assert main([str(folder), pins]) == 2


def test_the_last_affected_version_has_it_still() -> None:
    events = [{"introduced": "0"}, {"last_affected": "1.4"}]
    assert within(events, Version("1.4"))
    assert not within(events, Version("1.4.1"))
    assert not within([{"introduced": "2"}], Version("1.4"))
