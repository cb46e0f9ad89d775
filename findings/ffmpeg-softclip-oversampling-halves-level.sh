#!/usr/bin/env bash
# ffmpeg 5.1 (Debian 12): `asoftclip` with `oversample` makes everything 6 dB softer, sounds far
# below its threshold included.
#
# Expected: oversampling keeps the folded products of clipping low and changes nothing else, in
#   particular not the level of what is not clipped.
# Seen: a tone at -40 dB passes at 0.0 dB without oversampling and loses 6.0 dB with oversample=2,
#   5.7 dB with 4 and 8, for `hard` and `tanh` alike.
# Matters: distortion or loudness augmentation that is switched to its better mode changes the
#   level of every file. Measure the loss with a soft tone and make it up by `volume` behind it, or
#   put `aresample` on both sides of a plain asoftclip.
#
# Output seen (dB, hard and tanh): oversample 1 0.0, 2 -6.0, 4 -5.7, 8 -5.7
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}
level() {
    ffmpeg -nostdin -hide_banner -f lavfi -i "sine=1000:r=16000:d=0.5,volume=0.08,aformat=dblp" \
        -af "$1,volumedetect" -f null - 2>&1 | awk '/mean_volume/ { print $(NF - 1) }'
}

before=$(level anull)
while read -r factor want; do
    for type in hard tanh; do
        after=$(level "asoftclip=type=$type:oversample=$factor")
        expect "$type, oversample $factor" "$want" \
            "$(awk -v a="$before" -v b="$after" 'BEGIN { printf "%.1f", b - a }')"
    done
done <<'LIST'
1 0.0
2 -6.0
4 -5.7
8 -5.7
LIST
exit $failed
