#!/usr/bin/env bash
# Checks a page of `nwc-eval report` in headless Chromium as a listener uses it: loads it from file://, plays, rates by keyboard, saves the scores.
#   Scripts/check-report.sh [PAGE [PICTURES]]
# Without a page one is made of the voice clips of Debian's alsa-utils (in .build/check-report). Screenshots go to PICTURES, default: beside the page.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh chromium chromium-driver python3-selenium fonts-dejavu-core
if [ $# -gt 0 ]; then
    page=$(realpath "$1")
    pictures=${2:-$(dirname "$page")}
else
    Scripts/setup.sh alsa-utils opus-tools
    for product in nwc-enc nwc-dec nwc-info nwc-eval; do swift build -c release --product "$product"; done
    bin=$(swift build -c release --show-bin-path)
    out=.build/check-report
    rm -rf "$out"
    mkdir -p "$out/in"
    cp /usr/share/sounds/alsa/{Front_Left,Rear_Center,Side_Right}.wav "$out/in"
    "$bin/nwc-eval" compare "$out/in" -c nwc@4,8,12,16 -c opus@6,8,12,16 -q -o "$out/results.jsonl" --keep-audio "$out/decoded"
    "$bin/nwc-eval" report "$out/results.jsonl" "$out/page" --audio "$out/decoded" --clips 3 --show nwc@8,opus@8
    page=$PWD/$out/page/index.html
    pictures=$out/page
fi
mkdir -p "$pictures"
# The system's Python, for which Debian packs selenium.
exec /usr/bin/python3 Scripts/check-report.py "$page" "$pictures"
