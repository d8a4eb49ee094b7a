"""What a web process does before its first request."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOOKS = """
import gc, json, sys
import moviesite.wsgi
from django.template import engines
home = engines["django"].get_template("recommender/home.html").template
again = engines["django"].get_template("recommender/home.html").template
print(json.dumps({
    "frozen": gc.get_freeze_count(),
    "watched": len(gc.get_objects()),
    "switch": sys.getswitchinterval(),
    "compiled_once": home.nodelist is again.nodelist,
}))
"""


def test_what_lives_as_long_as_the_process_is_out_of_the_collectors_sight() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "moviesite.settings"}
    done = subprocess.run(
        [sys.executable, "-c", LOOKS], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["frozen"] > 100_000
    assert found["watched"] < 10_000
    assert found["switch"] <= 0.001
    assert found["compiled_once"]
