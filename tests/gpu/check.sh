#!/bin/sh
# What only a GPU can show, in under eight minutes on one NVIDIA GPU; prints JSON, and ends with 1
# where something is not as on the CPU.
#
#     tests/gpu/check.sh                 on a GPU
#     tests/gpu/check.sh --device cpu    every step on the CPU, with little data: to try the script
#
# PYTHON names an interpreter with torch; without, the project's own is taken, or python3.
set -eu
cd "$(dirname "$0")/../.."
python=${PYTHON:-.venv/bin/python}
[ -x "$python" ] || command -v "$python" >/dev/null || python=python3
exec timeout 480 "$python" -m tests.gpu.check "$@"
