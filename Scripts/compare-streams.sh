#!/usr/bin/env bash
# Whether two builds write the same streams and decode them to the same samples, and how much
# processor time each takes: for changes of encoder and decoder that must not be heard.
# Usage: Scripts/compare-streams.sh OLD_BIN NEW_BIN FOLDER [RATE ...]
#   OLD_BIN, NEW_BIN   folders with nwc-enc and nwc-dec
#   FOLDER             recordings (wav, flac), searched for below
#   RATE               kbit/s, 6 8 16 24 if none is given; one layer, then once two layers and
#                      packets of one block
# Streams are compared byte for byte, decoded samples as floating-point numbers. Ends with 1 where
# anything differs.
set -euo pipefail
[ $# -ge 3 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 64; }
old=$1
new=$2
folder=$3
shift 3
rates=${*:-6 8 16 24}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# seconds FILE COMMAND ...: runs it and adds its processor time to FILE.
seconds() {
    local file=$1
    shift
    local TIMEFORMAT='%U %S'
    { time "$@" >/dev/null 2>"$work/messages"; } 2>>"$file" || {
        cat "$work/messages" >&2
        return 1
    }
}

same=0
different=0
compare() { # file, name, options of nwc-enc
    local file=$1 name=$2
    shift 2
    seconds "$work/encode.old" "$old/nwc-enc" -f "$@" "$file" "$work/old.nwc"
    seconds "$work/encode.new" "$new/nwc-enc" -f "$@" "$file" "$work/new.nwc"
    seconds "$work/decode.old" "$old/nwc-dec" -f --float "$work/old.nwc" "$work/old.wav"
    seconds "$work/decode.new" "$new/nwc-dec" -f --float "$work/old.nwc" "$work/new.wav"
    if cmp -s "$work/old.nwc" "$work/new.nwc" && cmp -s "$work/old.wav" "$work/new.wav"; then
        same=$((same + 1))
    else
        different=$((different + 1))
        echo "differs: $file, $name"
        cmp "$work/old.nwc" "$work/new.nwc" || true
        cmp "$work/old.wav" "$work/new.wav" || true
    fi
}

while IFS= read -r -d '' file; do
    for rate in $rates; do compare "$file" "$rate kbit/s" --bitrate "$rate"; done
    compare "$file" "two layers, low delay" --layers 2 --packet-blocks 1 --bitrate 20
done < <(find -L "$folder" -type f \( -name '*.wav' -o -name '*.flac' \) -print0 | sort -z)

ratio() {
    awk '{ print $1 + $2 }' "$work/$1.old" | awk '{ s += $1 } END { print s }' >"$work/a"
    awk '{ print $1 + $2 }' "$work/$1.new" | awk '{ s += $1 } END { print s }' >"$work/b"
    paste "$work/a" "$work/b" | awk -v what="$1" '{
        printf "%s: processor time %.2f s, %.2f s, ratio %.3f\n", what, $1, $2, $2 / $1 }'
}
ratio encode
ratio decode
echo "$same the same, $different different"
[ "$different" = 0 ] && [ "$same" -gt 0 ]
