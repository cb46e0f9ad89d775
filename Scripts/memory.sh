#!/usr/bin/env bash
# Peak resident memory of nwc-enc and nwc-dec for 10 minutes and 2 hours of sound through pipes. Not a test: it takes about two minutes.
# Usage: Scripts/memory.sh [SECONDS ...]      default: 600 7200. The programs must have been built; needs sox.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh sox >&2
bin=${BIN:-$(swift build -c release --show-bin-path)}
durations=("$@")
[ ${#durations[@]} -gt 0 ] || durations=(600 7200)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A pitched, amplitude-modulated sound with noise: costs about as much as speech. 16 kHz, 16 bits, mono, raw.
sound() {
    sox -q -R -n -t raw -r 16000 -e signed -b 16 -c 1 - \
        synth "$1" sawtooth 90-180 synth "$1" pinknoise mix synth "$1" sine amod 3 0 gain -12 2>/dev/null
}

# Runs a program with its input and output as given and polls the high-water mark of its resident memory, in kB.
# Usage: peak NAME INPUT OUTPUT PROGRAM ARGUMENTS...
peak() {
    local name=$1 input=$2 output=$3 most=0 now
    shift 3
    "$@" <"$input" >"$output" &
    local child=$!
    while [ -r "/proc/$child/status" ]; do
        now=$(awk '/^VmHWM/ { print $2 }' "/proc/$child/status" 2>/dev/null || true)
        [ -z "$now" ] && break
        [ "$now" -gt "$most" ] && most=$now
        sleep 0.02
    done
    wait "$child"
    awk -v name="$name" -v kilobytes="$most" 'BEGIN { printf "%-28s %7.1f MB\n", name, kilobytes / 1000 }'
}

for seconds in "${durations[@]}"; do
    mkfifo "$work/in" "$work/out"
    sound "$seconds" >"$work/in" &
    cat "$work/out" >"$work/stream.nwc" &
    writer=$!
    peak "nwc-enc, $seconds s" "$work/in" "$work/out" "$bin/nwc-enc" -q --raw --raw-rate 16000 - -
    wait "$writer"
    rm "$work/in" "$work/out"
    mkfifo "$work/in" "$work/out"
    cat "$work/stream.nwc" >"$work/in" &
    cat "$work/out" | wc -c >"$work/length" &
    writer=$!
    peak "nwc-dec, $seconds s" "$work/in" "$work/out" "$bin/nwc-dec" -q --raw - -
    wait "$writer"
    rm "$work/in" "$work/out"
    length=$(cat "$work/length")
    [ "$length" -eq $((seconds * 32000)) ] || echo "memory: $length bytes decoded, expected $((seconds * 32000))" >&2
done
