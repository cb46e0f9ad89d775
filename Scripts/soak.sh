#!/usr/bin/env bash
# The long checks: Scripts/soak.sh [NAME=VALUE...]; a value of 0 leaves a check out.
#   bits=100000 objects=10000 signals=1000 kills=100 hours=24 encoders=16 faults=1
set -euo pipefail
cd "$(dirname "$0")/.."
bits=100000 objects=10000 signals=1000 kills=100 hours=24 encoders=16 faults=1
for setting in "$@"; do
    case "$setting" in
        bits=*|objects=*|signals=*|kills=*|hours=*|encoders=*|faults=*) declare "$setting" ;;
        *) sed -n '2,3s/^# *//p' "$0" >&2; exit 64 ;;
    esac
done
Scripts/setup.sh sox >&2
bin=${BIN:-$(swift build -c release --show-bin-path)}
[ -x "$bin/nwc-dec" ] || swift build -c release
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
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
began=${EPOCHREALTIME/./}
"$bin/nwc-enc" -q --raw --raw-rate 16000 "$work/in.raw" "$work/good.nwc"
"$bin/nwc-dec" -q "$work/good.nwc" "$work/good.wav"
# Signals come at random moments up to somewhat more than a run takes.
span=$(((${EPOCHREALTIME/./} - began) / 2000 * 3 / 2))
inputs="$(sum "$work/in.raw") $(sum "$work/good.nwc")"
encoded=$(sum "$work/good.nwc") decoded=$(sum "$work/good.wav")

# An output is whole or absent; partial files may outlive SIGKILL only.
if [ "$signals" -gt 0 ]; then
    RANDOM=7 whole=0 kinds=(INT TERM KILL)
    mkdir "$work/out"
    for ((trial = 0; trial < signals; trial++)); do
        signal=${kinds[RANDOM % 3]}
        if [ $((RANDOM % 2)) = 0 ]; then
            set -- "$bin/nwc-enc" -q --raw --raw-rate 16000 "$work/in.raw" "$work/out/x.nwc"
            expected=$encoded
        else
            set -- "$bin/nwc-dec" -q "$work/good.nwc" "$work/out/x.wav"
            expected=$decoded
        fi
        # Background jobs of a script ignore SIGINT; what ignores it at the start keeps doing so.
        env --default-signal=INT "$@" > /dev/null 2>&1 &
        child=$!
        delay=$((RANDOM * span / 32768))
        sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
        kill -s "$signal" "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
        for file in "$work"/out/*; do
            [ -e "$file" ] || continue
            [ "$(sum "$file")" = "$expected" ] || fail "trial $trial: $signal left a broken $file"
            whole=$((whole + 1))
        done
        left=$(find "$work/out" -name '.*tmp*' | wc -l)
        [ "$signal" = KILL ] || [ "$left" = 0 ] || fail "trial $trial: $signal left a partial file"
        rm -rf "$work/out" && mkdir "$work/out"
    done
    [ "$inputs" = "$(sum "$work/in.raw") $(sum "$work/good.nwc")" ] || fail "an input has changed"
    echo "signals: $signals trials, output whole in $whole and absent in $((signals - whole)), inputs untouched"
fi

# Full disk, read-only folder, closed pipes, the program as a user without rights where this one has them all.
if [ "$faults" -gt 0 ]; then
    refused() {
        local text=$1 status=0
        shift
        "$@" > /dev/null 2> "$work/err" || status=$?
        [ "$status" = 1 ] && grep -q "$text" "$work/err" || fail "$*: status $status, $(cat "$work/err"), expected \"$text\""
    }
    mkdir "$work/small"
    if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=64k tmpfs "$work/small" 2>/dev/null; then
        disk="a full file system of 64 KiB"
        for name in x.nwc x.wav x.flac; do
            case $name in
                x.nwc) refused "No space left" "$bin/nwc-enc" -q -b 64 --raw --raw-rate 16000 "$work/in.raw" "$work/small/$name" ;;
                *) refused "No space left" "$bin/nwc-dec" -q "$work/good.nwc" "$work/small/$name" ;;
            esac
            [ -z "$(ls -A "$work/small")" ] || { umount "$work/small"; fail "a full disk: $name or a part of it is left"; }
        done
        umount "$work/small"
    else
        disk="a limit on the size of files"
        for name in x.wav x.flac; do
            refused "File too large" bash -c "ulimit -f 16; exec '$bin/nwc-dec' -q '$work/good.nwc' '$work/small/$name'"
            [ -z "$(ls -A "$work/small")" ] || fail "a full disk: $name or a part of it is left"
        done
    fi
    chmod 755 "$work"
    chmod 555 "$work/small"
    user=()
    if [ "$(id -u)" = 0 ]; then
        user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
        cp "$bin/nwc-dec" "$work/nwc-dec"
    else
        ln -s "$bin/nwc-dec" "$work/nwc-dec"
    fi
    refused "Permission denied" "${user[@]}" "$work/nwc-dec" -q "$work/good.nwc" "$work/small/x.wav"
    for count in 1 100 100000; do
        "$bin/nwc-dec" -q "$work/good.nwc" - 2> "$work/err" | head -c $count > /dev/null || [ "${PIPESTATUS[0]}" -le 1 ] || fail "a closed pipe"
        [ ! -s "$work/err" ] || fail "a closed pipe: $(cat "$work/err")"
    done
    refused "No space left" bash -c "exec '$bin/nwc-enc' -q --raw --raw-rate 16000 '$work/in.raw' - > /dev/full"
    echo "faults: $disk, a read-only folder, closed pipes, a full device: an error each, nothing left behind"
fi

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

# Training that is killed and resumed ends with the same weights.
if [ "$kills" -gt 0 ]; then
    mkdir "$work/speech"
    sox -t raw -r 16000 -c 1 -b 16 -e signed "$work/in.raw" "$work/speech/a.flac"
    # As many steps as a kill leaves time for, and some more.
    steps=$((60 * kills))
    cat > "$work/small.json" <<JSON
{"name": "small", "seed": 1, "network": {"hop": 160, "framesPerBlock": 2, "bands": 20, "envelopeContext": 8, "rateKnots": 3,
 "modules": [{"context": 8, "decoderBlocks": 1, "encoderBlocks": 1, "hidden": 8, "local": 4, "noiseFilling": true}]},
 "phases": [{"name": "all", "steps": $steps, "layers": 1, "learningRate": 0.001, "finalLearningRate": 0.0001}],
 "loss": {"exponent": 0.6, "lambda": 0.03, "lambdaSlope": 0.5, "mel": 0.3, "prefix": 0.3, "weightedSNR": 1},
 "averageDecay": 0.99, "batch": 4, "beta1": 0.9, "beta2": 0.99, "checkpointEvery": 5, "clip": 0.3, "highestLevel": -14, "highestRate": 50,
 "lowestLevel": -42, "lowestRate": 3, "segmentFrames": 50, "shards": 2, "validateEvery": 1000000}
JSON
    train() { "$bin/nwc-train" "$@" --train "$work/speech" > "$work/log" 2>&1; }
    microseconds() { echo "${EPOCHREALTIME/./}"; }
    began=$(microseconds)
    train run "$work/small.json" -o "$work/whole" || { tail "$work/log"; fail "training"; }
    whole=$(($(microseconds) - began))
    # A run that is complete only starts up when it is resumed.
    began=$(microseconds)
    train resume "$work/whole" || { tail "$work/log"; fail "resuming"; }
    startup=$(($(microseconds) - began))
    # At most 40 steps behind the start, so that the last kill comes before the last step.
    span=$((startup + whole / steps * 40))
    begin=(run "$work/small.json" -o "$work/cut")
    RANDOM=9 killed=0 trials=0 complete=0
    while [ $killed -lt "$kills" ] && [ $complete -lt 3 ] && [ $trials -lt $((4 * kills)) ]; do
        trials=$((trials + 1))
        "$bin/nwc-train" "${begin[@]}" --train "$work/speech" > "$work/log" 2>&1 &
        child=$!
        delay=$((RANDOM * (span / 1000) / 32768))
        sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
        if kill -KILL "$child" 2>/dev/null; then killed=$((killed + 1)); fi
        if wait "$child" 2>/dev/null; then complete=$((complete + 1)); fi
        if [ -e "$work/cut/checkpoint.nwck" ]; then begin=(resume "$work/cut"); else rm -rf "$work/cut"; fi
    done
    train "${begin[@]}" || { tail "$work/log"; fail "resuming"; }
    for run in whole cut; do
        "$bin/nwc-train" export "$work/$run" "$work/$run.nwm" --train "$work/speech" > "$work/log" 2>&1 || { tail "$work/log"; fail "export"; }
    done
    cmp -s "$work/whole.nwm" "$work/cut.nwm" || fail "training killed $killed times gave other weights"
    echo "training: killed $killed times in $steps steps and resumed, the same model file"
fi

if [ "$hours" -gt 0 ]; then
    seconds=$((hours * 3600))
    # Memory of a short stream is the measure for the long one.
    Scripts/memory.sh 60 "$seconds" > "$work/memory" 2> "$work/err" || fail "$(cat "$work/err")"
    [ ! -s "$work/err" ] || fail "$(cat "$work/err")"
    awk '{ mb[NR] = $(NF - 1) } END { exit !(NR == 4 && mb[3] < mb[1] + 8 && mb[4] < mb[2] + 8) }' "$work/memory" || fail "memory grows: $(cat "$work/memory")"
    echo "length: $hours h through pipes, exact length; peak memory:"
    cat "$work/memory"
fi
