#!/usr/bin/env bash
# Reads the event files of `nwc-train plot --tensorboard` with the package tensorboard (PyPI, into .build/tensorboard the first time), whose reader checks
# every checksum, and compares each number with the tables of the run.
#   Scripts/check-tensorboard.sh [RUN]        default: Training/default
set -euo pipefail
cd "$(dirname "$0")/.."
run=${1:-Training/default}
Scripts/setup.sh python3-venv
python=.build/tensorboard/bin/python
if ! "$python" -c 'import tensorboard' 2> /dev/null; then
    python3 -m venv .build/tensorboard
    "$python" -m pip install --quiet --disable-pip-version-check tensorboard==2.21.0
fi
swift build -c release --product nwc-train
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
"$(swift build -c release --show-bin-path)/nwc-train" plot "$run" --tensorboard "$logs"
"$python" - "$run" "$logs" << 'PYTHON'
import csv
import math
import pathlib
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

run, logs = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
tables = {name: list(csv.DictReader(open(run / f"{name}.tsv"), delimiter="\t")) for name in ["curve", "validation"]}
places = ["step", "phase", "seconds", "layers", "position", "rate_index"]


def folder(row):
    words = []
    if "layers" in row:
        words.append(f"{row['layers']}-layer" + ("" if row["layers"] == "1" else "s"))
    words += [f"{name.replace('_', '-')}-{row[name]}" for name in ["position", "rate_index"] if name in row]
    return "-".join(["validation", *words])


expected = {}
for name, rows in tables.items():
    for row in rows:
        for column, text in row.items():
            if column not in places and math.isfinite(float(text or "nan")):
                expected.setdefault((folder(row) if name == "validation" else "training", column), []).append((int(row["step"]), float(row["seconds"]), float(text)))
compared = 0
for path in sorted(logs.glob("*/*")):
    events = EventAccumulator(str(path), size_guidance={"scalars": 0})
    events.Reload()
    for tag in events.Tags()["scalars"]:
        wanted = expected.pop((path.name, tag))
        found = [(event.step, event.wall_time, event.value) for event in events.Scalars(tag)]
        assert len(found) == len(wanted), f"{path.name} {tag}: {len(found)} values, the table has {len(wanted)}"
        for have, want in zip(found, wanted):
            assert have[:2] == want[:2] and math.isclose(have[2], want[2], rel_tol=1e-6), f"{path.name} {tag}: {have}, the table has {want}"
        compared += len(found)
assert not expected and compared > 0, f"missing: {list(expected)}"
print(f"check-tensorboard: {compared} values of {len(list(logs.glob('*/*')))} folders are those of the tables")
PYTHON
