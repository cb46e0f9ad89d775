#!/usr/bin/env bash
# Checks the measures of nwc-eval against independent implementations on real speech coded by nwc and Opus, and BD-rate against its published package.
#   Scripts/check-metrics.sh FOLDER [FILES]        FILES recordings of the folder (default 14), each coded four times: 56 pairs, and 14 low-pass anchors
# Prints the largest difference of each measure; fails above the limits in check-metrics.py. Needs a connection to PyPI (numpy, scipy, librosa, pystoi,
# pesq, bjontegaard into .build/metrics-check) the first time.
set -euo pipefail
if [ $# -lt 1 ] || [ ! -d "$1" ]; then
    echo "usage: Scripts/check-metrics.sh FOLDER [FILES]" >&2
    exit 64
fi
speech=$(cd "$1" && pwd)
files=${2:-14}
cd "$(dirname "$0")/.."
Scripts/setup.sh opus-tools python3-venv python3-dev gcc libc6-dev
Scripts/judges.sh >/dev/null
out=.build/metrics-check
if ! "$out/bin/python" -c 'import bjontegaard, librosa, pesq, pystoi, soundfile' 2>/dev/null; then
    python3 -m venv "$out"
    "$out/bin/pip" install --quiet --disable-pip-version-check 'numpy>=1.24' 'scipy>=1.10' librosa soundfile matplotlib \
        pystoi==0.4.1 pesq==0.0.4 bjontegaard==1.3.0
fi
for product in nwc-enc nwc-dec nwc-info nwc-eval; do swift build -c release --product "$product"; done
bin=$(swift build -c release --show-bin-path)
rm -rf "$out/decoded" "$out/results.jsonl"
"$bin/nwc-eval" compare "$speech" --limit "$files" -c nwc@6,16 -c opus@8,24 -o "$out/results.jsonl" --keep-audio "$out/decoded"
"$bin/nwc-eval" summary --json "$out/results.jsonl" >"$out/summary.jsonl"
exec "$out/bin/python" Scripts/check-metrics.py "$bin/nwc-eval" "$out/decoded" "$out/summary.jsonl"
