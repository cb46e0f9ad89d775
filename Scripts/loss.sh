#!/usr/bin/env bash
# PESQ-WB of nwc and Opus under packet loss, and what key packets cost: Scripts/loss.sh OUT CLIP...
# Packets of 20 ms, the same bitrate for all, the same generator of losses. Opus runs with its forward error correction told of the loss rate, where there
# is a loss. Every clip and kind of loss has PATTERNS (default 5) patterns of its own, which both codecs and all key intervals get; short clips and bursts
# need many before the share that is really lost comes near the nominal one, and it is in the table.
# Environment also: BITRATE (kbit/s, default 16), INTERVALS (default "1 5 10 50"). OUT takes scores.tsv and rates.tsv.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -ge 2 ] || { echo "usage: Scripts/loss.sh OUT CLIP..." >&2; exit 64; }
out=$1
shift
rate=${BITRATE:-16} intervals=${INTERVALS:-1 5 10 50} patterns=${PATTERNS:-5}
Scripts/setup.sh sox libopus-dev gcc >&2
Scripts/judges.sh >&2
bin=${BIN:-$(swift build -c release --show-bin-path)}
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -O2 -Wall -o "$work/opus-loss" Scripts/opus-loss.c -lopus
# Loss and mean length of bursts (0: each packet by itself).
losses="0:0 0.01:0 0.03:0 0.05:0 0.1:0 0.01:3 0.03:3 0.05:3 0.1:3"
raw=(-t raw -r 16000 -c 1 -b 16 -e signed)
printf 'clip\tcodec\tinterval\tloss\tburst\tpattern\tlost\tpackets\tpesq_wb\n' > "$out/scores.tsv"
printf 'clip\tcodec\tinterval\tindex\tkbps\tseconds\n' > "$out/rates.tsv"
# kbit/s of packet bodies, which is what a datagram transport would carry: file without header, end, and 5 bytes of length and checksum a packet.
bodies() { sed 's/.*"fileBytes":\([0-9]*\).*"packets":\([0-9]*\).*"seconds":\([0-9.]*\).*/\1 \2 \3/' | awk '{ printf "%.2f", ($1 - 34 - 5 * $2) * 8 / $3 / 1000 }'; }
field() { sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p"; }
number=0
for clip in "$@"; do
    number=$((number + 1))
    name=$(basename "$clip")
    sox "$clip" -r 16000 -c 1 -b 16 "$work/in.wav"
    sox "$work/in.wav" "${raw[@]}" "$work/in.raw"
    seconds=$(soxi -D "$work/in.wav")
    rm -f "$work"/d:* "$work/lost"
    # nwc gets what Opus took without loss. Its bitrate counts 5 bytes a packet, 2 kbit/s, that a datagram transport does not carry.
    read -r taken _ < <("$work/opus-loss" "$((rate * 1000))" 0 0 1 < "$work/in.raw" 2>&1 >/dev/null)
    target=$(awk -v k="$taken" 'BEGIN { printf "%.2f", k + 2 }')
    for interval in $intervals; do
        # The price of key packets shows at a fixed quality, their effect under loss at a fixed rate.
        kbps=$("$bin/nwc-enc" -f --json --rate-index 120 --packet-blocks 1 --key-interval "$interval" "$work/in.wav" "$work/q.nwc" | bodies)
        printf '%s\tnwc\t%s\t120\t%s\t%s\n' "$name" "$interval" "$kbps" "$seconds" >> "$out/rates.tsv"
        kbps=$("$bin/nwc-enc" -f --json -b "$target" --packet-blocks 1 --key-interval "$interval" "$work/in.wav" "$work/x$interval.nwc" | bodies)
        printf '%s\tnwc\t%s\t-\t%s\t%s\n' "$name" "$interval" "$kbps" "$seconds" >> "$out/rates.tsv"
    done
    column=0
    for loss in $losses; do
        column=$((column + 1))
        for pattern in $(seq "$patterns"); do
            seed=$((number * 10000 + column * 100 + pattern))
            options=()
            [ "$loss" = 0:0 ] || options=(--packet-loss "${loss%:*}" --seed "$seed")
            [ "${loss#*:}" = 0 ] || options+=(--loss-burst "${loss#*:}")
            for interval in $intervals; do
                file=d:nwc:$interval:$loss:$pattern:.wav
                report=$("$bin/nwc-dec" --json -q -f --conceal "${options[@]}" "$work/x$interval.nwc" "$work/$file")
                echo "$file $(field lostPackets <<< "$report") $(field packets <<< "$report")" >> "$work/lost"
            done
            file=d:opus:-:$loss:$pattern:.wav
            read -r kbps lost packets < <("$work/opus-loss" "$((rate * 1000))" "${loss%:*}" "${loss#*:}" "$seed" < "$work/in.raw" 2>&1 >"$work/o.raw")
            sox "${raw[@]}" "$work/o.raw" "$work/$file"
            echo "$file $lost $packets" >> "$work/lost"
            [ "$pattern" != 1 ] || printf '%s\topus\t-\t%s\t%s\t%s\n' "$name" "$loss" "$kbps" "$seconds" >> "$out/rates.tsv"
            [ "$loss" != 0:0 ] || break
        done
    done
    "$bin/nwc-eval" score --json "$work/in.wav" "$work"/d:*.wav > "$work/scores.jsonl"
    while read -r line; do
        path=$(sed -n 's/.*"degraded":"\([^"]*\)".*/\1/p' <<< "${line//\\/}")
        IFS=: read -r _ codec interval loss burst pattern _ <<< "$(basename "$path")"
        read -r _ lost packets < <(grep -F "$(basename "$path") " "$work/lost")
        printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' \
            "$name" "$codec" "$interval" "$loss" "$burst" "$pattern" "$lost" "$packets" "$(field pesq_wb <<< "$line")" >> "$out/scores.tsv"
    done < "$work/scores.jsonl"
    echo "$name done" >&2
done
awk -F'\t' 'NR > 1 { key = $2 "\t" $3 "\t" $4 "\t" $5; sum[key] += $9; lost[key] += $7; all[key] += $8; n[key]++ }
    END { for (k in sum) printf "%s\t%.2f\t%.3f\t%d\n", k, 100 * lost[k] / all[k], sum[k] / n[k], n[k] }' "$out/scores.tsv" | sort -t"$(printf '\t')" -k1,1 -k2,2n -k4,4n -k3,3n |
    { printf 'codec\tinterval\tloss\tburst\tlost %%\tPESQ-WB\tfiles\n'; cat; }
awk -F'\t' 'NR > 1 { key = $2 "\t" $3 "\t" $4; sum[key] += $5 * $6; n[key] += $6 }
    END { for (k in sum) printf "%s\t%.2f\n", k, sum[k] / n[k] }' "$out/rates.tsv" | sort -t"$(printf '\t')" -k1,1 -k3,3 -k2,2n |
    { printf 'codec\tinterval\tindex or loss\tkbit/s\n'; cat; }
