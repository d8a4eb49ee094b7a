"""What only a GPU can show, as JSON: see check.sh."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

import torch

from recommender.learning.presets.next_item.neural.recipe import Recipe
from tests.gpu import agreement, speed

_TESTS = "tests/recommender/learning/engine/test_placement.py"
_TINY = Recipe(dim=16, most_epochs=1, batch=1024)


def main() -> int:
    """Run all steps; 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    parser.add_argument("--large", action="store_true", help="large data on the CPU, too")
    options = parser.parse_args()
    device = options.device
    if device == "cuda" and not torch.cuda.is_available():
        print("there is no CUDA device here; --device cpu tries the script", file=sys.stderr)
        return 2
    found: dict[str, Any] = {"machine": machine(device), "steps": {}}
    for name, step in steps(device, device == "cuda" or options.large).items():
        print(f"{name} ...", file=sys.stderr)
        found["steps"][name] = timed(step)
    found["ok"] = all(one["ok"] for one in found["steps"].values())
    print(json.dumps(found, indent=2))
    return 0 if found["ok"] else 1


def machine(device: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"device": device, "torch": torch.__version__}
    if device == "cuda":
        of = torch.cuda.get_device_properties(0)
        facts |= {
            "gpu": of.name,
            "gpus": torch.cuda.device_count(),
            "memory_mb": of.total_memory // 2**20,
            "cuda": torch.version.cuda,
        }
    return facts


def steps(device: str, big: bool) -> dict[str, Callable[[], dict[str, Any]]]:
    """Where not ``big``, small sizes, which try the script."""
    million = (6040, 3706, 1_000_000) if big else (60, 200, 3000)
    whole = (270_000, 45_000, 26_000_000) if big else (200, 7000, 4000)
    recipe = None if big else _TINY
    return {
        **({"tests": tests} if device == "cuda" else {}),
        "agreement": lambda: agreements(device),
        "transformer, 1 M": lambda: speed.transformer(device, *million, 60, recipe),
        "transformer, 26 M": lambda: speed.transformer(device, *whole, 45, recipe),
        "factorization, 26 M": lambda: speed.factorization(device, *whole),
    }


def agreements(device: str) -> dict[str, Any]:
    models = list(agreement.compare(device))
    return {"models": models, "ok": all(one["ok"] for one in models)}


def tests() -> dict[str, Any]:
    """The tests that are passed over where there is no GPU."""
    command = [sys.executable, "-m", "pytest", "-q", "-k", "gpu", _TESTS, "-p", "no:cacheprovider"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    lines = done.stdout.strip().splitlines()
    return {"said": lines[-1] if lines else done.stderr[-300:], "ok": done.returncode == 0}


def timed(step: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    started = time.monotonic()
    try:
        result = step()
    except Exception:  # noqa: BLE001  (the other steps are wanted all the same)
        result = {"error": traceback.format_exc(), "ok": False}
    return {**result, "seconds": round(time.monotonic() - started, 1)}


if __name__ == "__main__":
    sys.exit(main())
