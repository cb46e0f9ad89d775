#!/usr/bin/env bash
# The Python binding in a fresh environment, from its wheel: tests, types, and how much faster two
# threads are than one. Fetches numpy, soxr and mypy from PyPI.
# Usage: Scripts/check-python.sh, after `swift build -c release`.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
Scripts/wheel.sh "$work/wheel"
python3 -m venv "$work/environment"
"$work/environment/bin/pip" install -q "$(echo "$work"/wheel/nwc-*.whl)[resample]" mypy
NWC_PROGRAMS=$(swift build -c release --show-bin-path)
export NWC_PROGRAMS
"$work/environment/bin/python" -W error -m unittest discover Bindings/python/tests
"$work/environment/bin/mypy" --strict --no-error-summary -p nwc
"$work/environment/bin/mypy" --strict --no-error-summary Examples/python/augment.py
"$work/environment/bin/python" Bindings/python/tests/threads.py
"$work/environment/bin/python" Examples/python/augment.py
echo "check-python: tests, types"
