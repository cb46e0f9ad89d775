#!/usr/bin/env bash
# The everyday comparison: nwc, Opus and AMR-WB over a folder of speech, then the summary and the page.
#   Scripts/sweep.sh FOLDER [OUT] [further arguments of nwc-eval compare, such as --limit 40 or --codec lc3@16,24]
# OUT (default: sweep-output) takes results.jsonl, summary.txt, curves.png, decoded sounds and page/index.html. Run again to go on or to add codecs.
set -euo pipefail
if [ $# -lt 1 ] || [ ! -d "$1" ]; then
    echo "usage: Scripts/sweep.sh FOLDER [OUT] [arguments of nwc-eval compare]" >&2
    exit 64
fi
speech=$(cd "$1" && pwd)
shift
out=
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
    mkdir -p "$1"
    out=$(cd "$1" && pwd)
    shift
fi
cd "$(dirname "$0")/.."
out=${out:-sweep-output}
Scripts/setup.sh python3-venv python3-dev gcc libc6-dev
Scripts/peers.sh
# PESQ is optional: without a connection its column is empty, and nwc-eval says so.
Scripts/judges.sh >/dev/null || echo "sweep: no PESQ judge; its column will be empty" >&2
for product in nwc-enc nwc-dec nwc-info nwc-eval; do swift build -c release --product "$product"; done
bin=$(swift build -c release --show-bin-path)
mkdir -p "$out"
"$bin/nwc-eval" compare "$speech" --codec nwc@4,6,8,12,16,24 --codec opus@6,8,12,16,24 --codec amrwb -o "$out/results.jsonl" --keep-audio "$out/decoded" "$@"
"$bin/nwc-eval" summary "$out/results.jsonl" | tee "$out/summary.txt"
"$bin/nwc-eval" curves -f "$out/results.jsonl" -o "$out/curves.png"
"$bin/nwc-eval" report -f "$out/results.jsonl" "$out/page" --audio "$out/decoded"
echo
echo "Page: $out/page/index.html"
