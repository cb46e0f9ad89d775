# Part of Scripts/soak.sh: signals at random moments. An output is whole or absent, one that was there before and is overwritten is the old or the new one;
# partial files may outlive SIGKILL only.

# Several minutes of two layers: stripping is quick.
for ((i = 0; i < 15; i++)); do cat "$work/in.raw"; done > "$work/long.raw"
"$bin/nwc-enc" -q --raw --raw-rate 16000 -b 40 --layers 2 "$work/long.raw" "$work/layers.nwc"
rm "$work/long.raw"
mkdir "$work/out"

# The command line of a program, writing to a file, into `line`.
line() {
    case $1 in
        enc) line=("$bin/nwc-enc" -q -f --raw --raw-rate 16000 "$work/in.raw" "$2") ;;
        dec) line=("$bin/nwc-dec" -q -f "$work/good.nwc" "$2") ;;
        strip) line=("$bin/nwc-info" strip -q -f --layers 1 "$work/layers.nwc" "$2") ;;
    esac
}

programs=(enc dec strip) kinds=(INT TERM KILL)
declare -A expected span found names=([enc]=x.nwc [dec]=x.wav [strip]=x.nwc)
for program in "${programs[@]}"; do
    name=$work/out/${names[$program]}
    line $program "$name"
    # The second run counts: files are in memory then.
    "${line[@]}"
    began=${EPOCHREALTIME/./}
    "${line[@]}"
    # Signals come up to twice the time that a run takes: other programs may slow it down.
    span[$program]=$(((${EPOCHREALTIME/./} - began) * 2))
    expected[$program]=$(sum "$name")
    for outcome in absent whole old new; do found[$program-$outcome]=0; done
done
inputs() { cat "$work/in.raw" "$work/good.nwc" "$work/layers.nwc" | sha256sum; }
before=$(inputs) old=$(sum Scripts/soak.sh)
RANDOM=7
for ((trial = 0; trial < signals; trial++)); do
    signal=${kinds[RANDOM % 3]} program=${programs[trial % 3]}
    name=$work/out/${names[$program]} overwrites=$((trial / 3 % 2))
    rm -rf "$work/out"
    mkdir "$work/out"
    [ $overwrites = 0 ] || cp Scripts/soak.sh "$name"
    line $program "$name"
    # Background jobs of a script ignore SIGINT; what ignores it at the start keeps doing so.
    env --default-signal=INT "${line[@]}" > /dev/null 2>&1 &
    child=$!
    delay=$((RANDOM * span[$program] / 32768))
    sleep "$((delay / 1000000)).$(printf %06d $((delay % 1000000)))"
    kill -s "$signal" "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
    if [ ! -e "$name" ]; then
        [ $overwrites = 0 ] || fail "trial $trial: $signal of $program, and the output that was there is missing"
        outcome=absent
    else
        sum=$(sum "$name")
        case "$overwrites,$sum" in
            "0,${expected[$program]}") outcome=whole ;;
            "1,${expected[$program]}") outcome=new ;;
            "1,$old") outcome=old ;;
            *) fail "trial $trial: $signal of $program left a broken $name" ;;
        esac
    fi
    found[$program-$outcome]=$((found[$program-$outcome] + 1))
    [ "$signal" = KILL ] || [ "$(ls -A "$work/out" | grep -c '^\.')" = 0 ] || fail "trial $trial: $signal of $program left a partial file"
    [ "$(ls "$work/out" | grep -v -c "^${names[$program]}$")" = 0 ] || fail "trial $trial: files that nobody asked for: $(ls "$work/out")"
done
[ "$before" = "$(inputs)" ] || fail "an input has changed"
rm -rf "$work/out" "$work/layers.nwc"
text=
for outcome in absent whole old new; do
    total=0
    for program in "${programs[@]}"; do
        total=$((total + found[$program-$outcome]))
        # With few trials a program may miss an outcome by chance.
        [ "$signals" -lt 300 ] || [ "${found[$program-$outcome]}" -gt 0 ] || fail "signals: no output of $program was $outcome: the moments are not random"
    done
    [ $total -gt 0 ] || fail "signals: no output was $outcome: the moments are not random"
    text+=" $outcome $total (${found[enc-$outcome]}, ${found[dec-$outcome]}, ${found[strip-$outcome]}),"
done
echo "signals: $signals trials, outputs (enc, dec, strip)${text} inputs untouched"
