"""What is told about the packages that the site brings, and about keys in its repository."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.secret_scan import ROOT, suspicions


def test_the_bill_of_materials_has_every_package_of_the_lock_with_its_hashes(
    tmp_path: Path,
) -> None:
    bill = tmp_path / "sbom.json"
    subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "requirements", "requirements.txt", "-o", bill],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    parts = json.loads(bill.read_text())["components"]
    lock = (ROOT / "requirements.txt").read_text()
    assert {part["name"] for part in parts} == set(re.findall(r"^([\w.-]+)==", lock, re.M))
    assert all(part["externalReferences"][0]["hashes"] for part in parts)


def test_a_key_is_found_and_a_made_up_password_of_a_test_is_not(tmp_path: Path) -> None:
    key = "AKIA" + "Z7QWERTY1234ABCD"
    password = 'password = "' + "correct-horse-9" + '"\n'
    for name in ("code.py", "tests/code.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'{password}\nkey = "{key}"\n')
    found = list(suspicions(["code.py", "tests/code.py"], tmp_path))
    assert sorted(found) == [
        "code.py:1: Secret Keyword",
        "code.py:3: AWS Access Key",
        "tests/code.py:3: AWS Access Key",
    ]
