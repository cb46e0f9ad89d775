#!/usr/bin/env bash
# Speed of training and of the codec, each as ratio to a reference measured in the same run.
# Usage: Scripts/bench.sh [--speech FILE] [--rounds N] [--prototype SCRIPT]. Without FILE, espeak-ng reads the documents of this package for ten minutes.
# SCRIPT is a training script for python3-torch, see Docs/benchmarks.md.
# The table goes to standard output, the same as JSON lines to .build/bench/results.jsonl.
set -euo pipefail
cd "$(dirname "$0")/.."
speech="" rounds=9 prototype=""
while [ $# -gt 0 ]; do
    case "$1" in
        --speech) speech=$2; shift 2 ;;
        --rounds) rounds=$2; shift 2 ;;
        --prototype) prototype=$2; shift 2 ;;
        *) echo "usage: Scripts/bench.sh [--speech FILE] [--rounds N] [--prototype SCRIPT]" >&2; exit 64 ;;
    esac
done
Scripts/setup.sh sox libsox-fmt-all opus-tools espeak-ng
swift build -c release --product nwc-enc
swift build -c release --product nwc-dec
# A build folder of its own (Benchmarks/.build): in a shared one the package manager leaves nwc-bench out.
swift build -c release --package-path Benchmarks --product nwc-bench
bin=$(swift build -c release --show-bin-path)
bench=$(swift build -c release --package-path Benchmarks --show-bin-path)/nwc-bench
work=.build/bench
rm -rf "$work"
mkdir -p "$work/speech"
recording=$work/recording.wav
if [ -n "$speech" ]; then
    sox "$speech" -r 16000 -c 1 -b 16 "$recording"
else
    cat README.md Docs/*.md | espeak-ng -v en -w "$work/read.wav"
    sox "$work/read.wav" -r 16000 -c 1 -b 16 "$recording" repeat 9 trim 0 600
    rm "$work/read.wav"
fi
sox "$recording" "$work/speech/recording.flac"
echo "Machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) processors, load $(cut -d' ' -f1-3 /proc/loadavg)"
json=$work/results.jsonl
"$bench" programs --programs "$bin" --recording "$recording" --scratch "$work" --rounds "$rounds" --json "$json"
"$bench" convolutions --rounds "$rounds" --json "$json"
"$bench" parts --rounds "$rounds" --json "$json"
"$bench" training --config Configs/default.json --speech "$work/speech" --rounds "$rounds" --json "$json"
if [ -n "$prototype" ]; then
    Scripts/setup.sh python3-torch python3-soundfile python3-numpy
    # Debian's python3, whatever else is on the PATH.
    PATH=/usr/bin:$PATH "$bench" prototype "$prototype" --config Configs/default.json --speech "$work/speech" --scratch "$work" --rounds 2 --json "$json"
fi
echo
echo "As JSON: $json"
