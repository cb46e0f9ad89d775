# Part of Scripts/soak.sh: full disk, read-only folder, closed pipes, full device. An error each, and nothing left behind.
# refused TEXT COMMAND...: fails with status 1 and says TEXT
refused() {
    local text=$1 status=0
    shift
    "$@" > /dev/null 2> "$work/err" || status=$?
    [ "$status" = 1 ] && grep -q "$text" "$work/err" || fail "$*: status $status, $(cat "$work/err"), expected \"$text\""
}
empty() { [ -z "$(ls -A "$work/small")" ] || fail "$1: left $(ls -A "$work/small")"; }

mkdir "$work/small" "$work/voice"
sox -t raw -r 16000 -c 1 -b 16 -e signed "$work/in.raw" "$work/voice/a.flac"
cat > "$work/tiny.json" <<JSON
{"name": "tiny", "seed": 1, "network": {"hop": 160, "framesPerBlock": 2, "bands": 8, "envelopeContext": 4, "rateKnots": 2,
 "modules": [{"context": 4, "decoderBlocks": 1, "encoderBlocks": 1, "hidden": 4, "local": 2, "noiseFilling": true}]},
 "phases": [{"name": "all", "steps": 4, "layers": 1, "learningRate": 0.001, "finalLearningRate": 0.0001}],
 "loss": {"exponent": 0.6, "lambda": 0.03, "lambdaSlope": 0.5, "mel": 0.3, "prefix": 0.3, "weightedSNR": 1},
 "averageDecay": 0.99, "batch": 2, "beta1": 0.9, "beta2": 0.99, "checkpointEvery": 2, "clip": 0.3, "highestLevel": -14, "highestRate": 50,
 "lowestLevel": -42, "lowestRate": 3, "segmentFrames": 50, "shards": 2, "validateEvery": 1000000}
JSON
"$bin/nwc-enc" -q --raw --raw-rate 16000 -b 48 "$work/in.raw" "$work/rich.nwc"
"$bin/nwc-train" run "$work/tiny.json" -o "$work/tiny" --train "$work/voice" > "$work/log" 2>&1 || { tail "$work/log"; fail "training"; }

# The programs' command lines with a folder for the output: NAME FOLDER BIN, into `line`.
programs=(nwc-enc nwc-dec nwc-dec-flac nwc-info-strip nwc-train nwc-train-export)
line() {
    case $1 in
        nwc-enc) line=("$3/nwc-enc" -q -b 48 --raw --raw-rate 16000 "$work/in.raw" "$2/x.nwc") ;;
        nwc-dec) line=("$3/nwc-dec" -q "$work/good.nwc" "$2/x.wav") ;;
        nwc-dec-flac) line=("$3/nwc-dec" -q "$work/good.nwc" "$2/x.flac") ;;
        nwc-info-strip) line=("$3/nwc-info" strip -q --layers 1 "$work/rich.nwc" "$2/x.nwc") ;;
        nwc-train) line=("$3/nwc-train" run "$work/tiny.json" -o "$2/run" --train "$work/voice") ;;
        nwc-train-export) line=("$3/nwc-train" export "$work/tiny" "$2/x.nwm" --train "$work/voice") ;;
    esac
}
# A failed training leaves the folder of the run with whole tables and no checkpoint.
remains() {
    if [ "$1" = nwc-train ]; then
        [ -z "$(find "$work/small" -type f ! -name config.json ! -name curve.tsv ! -name validation.tsv)" ] || fail "$2: $(ls -A "$work/small/run")"
        rm -rf "$work/small/run"
    fi
    empty "$2: $1"
}

for program in "${programs[@]}"; do
    line $program "$work/small" "$bin"
    refused "File too large" bash -c 'ulimit -f 16; exec "$@"' - "${line[@]}"
    remains $program "a limit on the size of files"
done
disks="a limit on the size of files"
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=32k tmpfs "$work/small" 2>/dev/null; then
    disks+=", a full file system of 32 KiB"
    for program in "${programs[@]}"; do
        line $program "$work/small" "$bin"
        (refused "No space left" "${line[@]}"; remains $program "a full file system") || { umount "$work/small"; exit 1; }
    done
    umount "$work/small"
fi

# The programs as a user without rights where this one has them all.
chmod 755 "$work"
chmod -R a+rX "$work"
chmod 555 "$work/small"
user=()
mkdir "$work/bin"
for program in nwc-enc nwc-dec nwc-info nwc-train; do
    if [ "$(id -u)" = 0 ]; then cp "$bin/$program" "$work/bin/"; else ln -s "$bin/$program" "$work/bin/"; fi
done
[ "$(id -u)" != 0 ] || user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
for program in "${programs[@]}"; do
    line $program "$work/small" "$work/bin"
    refused "ermission" "${user[@]}" "${line[@]}"
    empty "a read-only folder: $program"
done
rm -rf "$work/bin"

for count in 1 100 100000; do
    for program in "nwc-dec -q $work/good.nwc -" "nwc-enc -q -b 48 --raw --raw-rate 16000 $work/in.raw -" "nwc-info strip -q --layers 1 $work/rich.nwc -"; do
        # Some outputs are shorter than the largest count.
        read -r -a words <<< "$bin/$program"
        "${words[@]}" 2> "$work/err" | head -c $count > /dev/null || [ "${PIPESTATUS[0]}" = 0 ] || fail "a closed pipe: $program"
        [ ! -s "$work/err" ] || fail "a closed pipe: $program: $(cat "$work/err")"
    done
done
for program in "nwc-dec -q $work/good.nwc -" "nwc-enc -q --raw --raw-rate 16000 $work/in.raw -" "nwc-info strip -q --layers 1 $work/rich.nwc -"; do
    refused "No space left" bash -c "exec '$bin/'$program > /dev/full"
done
# Progress that cannot be written does not end training.
"$bin/nwc-train" run "$work/tiny.json" -o "$work/tiny2" --train "$work/voice" > /dev/full 2> "$work/err" || fail "training: $(cat "$work/err")"
[ "$(stat -c %s "$work/tiny2/checkpoint.nwck")" -gt 10000 ] || fail "training whose progress could not be written"
echo "faults: $disks, a read-only folder, closed pipes, a full device: an error each, nothing left behind"
