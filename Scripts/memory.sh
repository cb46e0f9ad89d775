#!/usr/bin/env bash
# Peak resident memory of nwc-enc and nwc-dec for 10 minutes and 2 hours of sound through pipes. Not a test: it takes about two minutes.
# Usage: Scripts/memory.sh [SECONDS ...]      default: 600 7200. The programs must have been built; needs sox.
# ENCODING in the environment: further options of nwc-enc.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh sox >&2
bin=${BIN:-$(swift build -c release --show-bin-path)}
read -r -a encoding <<<"${ENCODING:-}"
durations=("$@")
[ ${#durations[@]} -gt 0 ] || durations=(600 7200)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A pitched, amplitude-modulated sound with noise: costs about as much as speech. 16 kHz, 16 bits, mono, raw. Ten minutes of it again and again:
# making it costs more than coding it.
piece=600
sox -q -R -n -t raw -r 16000 -e signed -b 16 -c 1 "$work/piece" \
    synth $piece sawtooth 90-180 synth $piece pinknoise mix synth $piece sine amod 3 0 gain -12 2>/dev/null
sound() {
    local left=$1
    for (( ; left >= piece; left -= piece)); do cat "$work/piece"; done
    head -c $((left * 32000)) "$work/piece"
}

# Runs a program with its input and output as given and polls the high-water mark of its resident memory, in kB.
# Usage: peak NAME INPUT OUTPUT PROGRAM ARGUMENTS...
peak() {
    local name=$1 input=$2 output=$3 most=0 now
    shift 3
    "$@" <"$input" >"$output" &
    local child=$!
    local polls=0 key value
    while kill -0 "$child" 2>/dev/null; do
        now=0
        while read -r key value _; do [ "$key" != VmHWM: ] || now=$value; done <"/proc/$child/status" 2>/dev/null || true
        [ "$now" -le "$most" ] || most=$now
        # The mark only rises: long runs need not be asked often.
        polls=$((polls + 1))
        if [ $polls -lt 100 ]; then sleep 0.02; else sleep 0.2; fi
    done
    wait "$child"
    awk -v name="$name" -v kilobytes="$most" 'BEGIN { printf "%-28s %7.1f MB\n", name, kilobytes / 1000 }'
}

for seconds in "${durations[@]}"; do
    mkfifo "$work/in" "$work/out"
    sound "$seconds" >"$work/in" &
    cat "$work/out" >"$work/stream.nwc" &
    writer=$!
    peak "nwc-enc, $seconds s" "$work/in" "$work/out" "$bin/nwc-enc" -q "${encoding[@]}" --raw --raw-rate 16000 - -
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
