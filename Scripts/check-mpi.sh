#!/usr/bin/env bash
# Training over MPI: the same weights with 1, 2, 4 and 8 processes and without MPI, for Open MPI and MPICH; a process that is killed ends the run
# with a message and a checkpoint, from which another number of processes goes on to the same weights; so does a run that is told to stop.
# Usage: Scripts/check-mpi.sh [present], after `swift build -c release`. It installs both; present: takes those that are there, and says what is not.
set -euo pipefail
cd "$(dirname "$0")/.."
families=(openmpi mpich)
if [ "${1:-}" = present ]; then
    families=()
    for family in openmpi mpich; do
        if command -v "mpirun.$family" > /dev/null; then
            families+=("$family")
        else
            echo "check-mpi: $family is not installed: not tried (make check-mpi installs it)"
        fi
    done
    [ ${#families[@]} -gt 0 ] || exit 0
    Scripts/setup.sh sox
else
    Scripts/setup.sh sox openmpi-bin mpich
fi
bin=$(swift build -c release --show-bin-path)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "check-mpi: $*" >&2
    [ ! -e "$work/log" ] || tail -n 80 "$work/log" >&2
    exit 1
}
cd "$work"
mkdir speech
for pitch in 90 130 180; do
    sox -q -R -n -r 16000 -b 16 -c 1 "speech/$pitch.wav" synth 2 sawtooth "$pitch-$((pitch * 2))" synth 2 sine amod 3 0 gain -12 2> /dev/null
done
module='{"context": 4, "decoderBlocks": 1, "encoderBlocks": 1, "hidden": 6, "local": 3, "noiseFilling": true}'
# configuration STEPS FILE
configuration() {
    cat > "$2" << JSON
{"name": "small", "seed": 1, "segmentFrames": 50, "batch": 8, "shards": 8, "lowestRate": 3, "highestRate": 50,
 "lowestLevel": -42, "highestLevel": -14, "clip": 0.3, "beta1": 0.9, "beta2": 0.99, "averageDecay": 0.99,
 "validateEvery": 1000000, "checkpointEvery": 50,
 "loss": {"weightedSNR": 1, "mel": 0.3, "prefix": 0.3, "exponent": 0.6, "lambda": 0.03, "lambdaSlope": 0.5},
 "network": {"hop": 160, "framesPerBlock": 2, "bands": 8, "envelopeContext": 4, "rateKnots": 3, "modules": [$module]},
 "phases": [{"name": "one", "steps": $1, "layers": 1, "learningRate": 0.001, "finalLearningRate": 0.0001}]}
JSON
}
configuration 30 short.json
configuration 300 long.json
# weights FOLDER: values, moments and average of the last checkpoint, without its JSON, which has the time that it took.
weights() {
    local length
    length=$(od -A n -t u8 -j 8 -N 8 "$1/checkpoint.nwck")
    tail -c "+$((17 + length))" "$1/checkpoint.nwck" | head -c -32 | sha256sum
}
# start FAMILY RANKS ARGUMENT...: mpirun, which for Open MPI must be allowed to be root and to share processors
start() {
    local family=$1 ranks=$2 options=()
    shift 2
    [ "$family" != openmpi ] || options=(--oversubscribe --allow-run-as-root)
    "mpirun.$family" "${options[@]}" -n "$ranks" "$bin/nwc-train" "$@"
}
# running: numbers of the processes that train here.
running() {
    local pid
    for pid in $(pgrep -x nwc-train); do
        [ "$(readlink "/proc/$pid/cwd")" != "$work" ] || echo "$pid"
    done
}
# signal_rank SIGNAL: to rank 2 of the run that goes on; mpirun's processes have their rank in the environment.
signal_rank() {
    local pid
    for pid in $(running); do
        if tr '\0' '\n' 2> /dev/null < "/proc/$pid/environ" | grep -q -x -e 'OMPI_COMM_WORLD_RANK=2' -e 'PMI_RANK=2'; then
            kill "-$1" "$pid"
        fi
    done
}
"$bin/nwc-train" run short.json -o alone --train speech > log 2>&1 || fail "without MPI"
expected=$(weights alone)
"$bin/nwc-train" run long.json -o alone-long --train speech > log 2>&1 || fail "without MPI"
long=$(weights alone-long)
for family in "${families[@]}"; do
    for ranks in 1 2 4 8; do
        start "$family" "$ranks" run short.json -o "$family-$ranks" --train speech > log 2>&1 || fail "$family, $ranks ranks"
        [ "$ranks" -eq 1 ] || grep -q "^ranks: $ranks, " log || fail "$family: $ranks ranks did not find each other"
        [ "$(weights "$family-$ranks")" = "$expected" ] || fail "$family: other weights with $ranks ranks"
        [ "$(grep -c '^complete: ' log)" -eq 1 ] || fail "$family: not one rank reports"
    done
    # What cannot be dealt out.
    if start "$family" 3 run short.json -o "$family-3" --train speech > log 2>&1; then fail "$family: 3 ranks for 8 shards"; fi
    grep -q "8 shards .* 3 ranks: possible are 1, 2, 4, 8" log || fail "$family: no message about shards"
    [ ! -e "$family-3/checkpoint.nwck" ] || fail "$family: a run that cannot be has a checkpoint"
    # A lost rank; a rank that is told to end, and all with it; the launcher that is.
    for how in KILL RANK TERM; do
        folder=$family-$how
        start "$family" 4 run long.json -o "$folder" --train speech > log 2>&1 &
        launcher=$!
        # Well after the first checkpoint, which is there before the first step.
        until [ "$(wc -l 2> /dev/null < "$folder/curve.tsv" || echo 0)" -ge 3 ]; do
            kill -0 "$launcher" 2> /dev/null || fail "$family: ended before it was told to"
            sleep 0.05
        done
        case $how in
        KILL) signal_rank KILL ;;
        RANK) signal_rank TERM ;;
        # Not the shell around it.
        TERM) kill -TERM "$(pgrep -P "$launcher")" ;;
        esac
        status=0
        wait "$launcher" || status=$?
        # A launcher that is told to end need not wait for its processes.
        for _ in $(seq 200); do
            running | grep -q . || break
            sleep 0.05
        done
        # 128 + SIGTERM. What a launcher says that is told itself is its own affair.
        case $how in
        KILL) [ "$status" -ne 0 ] || fail "$family: a lost rank and status 0" ;;
        RANK)
            [ "$status" -eq 143 ] || fail "$family: status $status where a rank was told to end"
            grep -q '^stopped: ' log || fail "$family: not stopped behind a step"
            ;;
        esac
        cp log "log-$folder"
        [ -e "$folder/checkpoint.nwck" ] || fail "$family: no checkpoint behind $how"
        [ "$how" != KILL ] || grep -q -e 'does not answer' -e 'exited on signal 9' -e 'Killed (signal 9)' log ||
            fail "$family: no message about the lost rank"
        start "$family" 2 resume "$folder" --train speech > log 2>&1 || fail "$family: resuming behind $how"
        [ "$(weights "$folder")" = "$long" ] || fail "$family: other weights behind $how"
    done
done
echo "check-mpi: ${families[*]}: the same weights with 1, 2, 4 and 8 ranks, and behind a lost rank and a stopped run"
