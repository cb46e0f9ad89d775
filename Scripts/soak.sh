#!/usr/bin/env bash
# The long checks: Scripts/soak.sh [NAME=VALUE...]; a value of 0 leaves a check out.
#   bits=100000 objects=10000 signals=1000 kills=100 hours=24 encoders=16 faults=1 effort=20
# Parts of it are in Scripts/soak.
set -euo pipefail
cd "$(dirname "$0")/.."
bits=100000 objects=10000 signals=1000 kills=100 hours=24 encoders=16 faults=1 effort=20
for setting in "$@"; do
    case "$setting" in
        bits=*|objects=*|signals=*|kills=*|hours=*|encoders=*|faults=*|effort=*) declare "$setting" ;;
        *) sed -n '2,3s/^# *//p' "$0" >&2; exit 64 ;;
    esac
done
Scripts/setup.sh sox >&2
bin=${BIN:-$(swift build -c release --show-bin-path)}
[ -x "$bin/nwc-dec" ] || swift build -c release
work=$(mktemp -d)
# Only by this process: a child that is killed between fork and exec runs the trap as well.
trap '[ "$BASHPID" != $$ ] || { chmod -R u+w "$work"; rm -rf "$work"; }' EXIT
fail() { echo "soak: $*" >&2; exit 1; }

# A pitched, amplitude-modulated sound with noise, raw: SECONDS
sound() {
    sox -q -R -n -t raw -r 16000 -e signed -b 16 -c 1 - \
        synth "$1" sawtooth 90-180 synth "$1" pinknoise mix synth "$1" sine amod 3 0 gain -12 2>/dev/null
}
sum() { sha256sum < "$1"; }

if [ "$bits" -gt 0 ]; then
    NWC_SOAK_TRIALS=$bits swift test -c release --filter FlippedBitTests > "$work/log" 2>&1 || { tail -n 30 "$work/log"; fail "flipped bits"; }
    echo "flipped bits: $bits random ones, all found and reported with their record"
fi
if [ "$objects" -gt 0 ]; then
    NWC_SOAK_OBJECTS=$objects swift test -c release --filter ObjectLifetimeTests > "$work/log" 2>&1 || { tail -n 30 "$work/log"; fail "objects"; }
    echo "objects: $objects encoders and decoders, nothing left behind"
fi

sound 20 > "$work/in.raw"
"$bin/nwc-enc" -q --raw --raw-rate 16000 "$work/in.raw" "$work/good.nwc"
encoded=$(sum "$work/good.nwc")

if [ "$signals" -gt 0 ]; then . Scripts/soak/signals.sh; fi
if [ "$faults" -gt 0 ]; then . Scripts/soak/faults.sh; fi

if [ "$encoders" -gt 0 ]; then
    children=()
    for ((i = 0; i < encoders; i++)); do
        "$bin/nwc-enc" -q --raw --raw-rate 16000 "$work/in.raw" "$work/c$i.nwc" &
        children+=($!)
    done
    for child in "${children[@]}"; do wait "$child" || fail "one of $encoders encoders"; done
    for ((i = 0; i < encoders; i++)); do [ "$(sum "$work/c$i.nwc")" = "$encoded" ] || fail "one of $encoders encoders at a time differs"; done
    rm "$work"/c*.nwc
    echo "encoders: $encoders at a time, the same bytes"
fi

if [ "$kills" -gt 0 ]; then . Scripts/soak/training.sh; fi

# Memory of a short stream is the measure for the long one.
lengths() {
    Scripts/memory.sh 60 "$1" > "$work/memory" 2> "$work/err" || fail "$(cat "$work/err")"
    [ ! -s "$work/err" ] || fail "$(cat "$work/err")"
    awk '{ mb[NR] = $(NF - 1) } END { exit !(NR == 4 && mb[3] < mb[1] + 8 && mb[4] < mb[2] + 8) }' "$work/memory" || fail "memory grows: $(cat "$work/memory")"
}
if [ "$effort" -gt 0 ]; then
    ENCODING="--effort 1" lengths $((effort * 60))
    echo "effort: $effort min through pipes with --effort 1, exact length; peak memory:"
    cat "$work/memory"
fi
if [ "$hours" -gt 0 ]; then
    lengths $((hours * 3600))
    echo "length: $hours h through pipes, exact length; peak memory:"
    cat "$work/memory"
fi
