#!/usr/bin/env bash
# ffmpeg 5.1 (Debian 12): `afir` gives twice the convolution, 6 dB more, whatever `gtype` says.
#
# Expected: an impulse response of one 1 is the identity, at least with `gtype=none`; the default,
#   `peak`, brings a response of 0.1 to the same level, as its description says.
# Seen: [1] gives +6 dB, [0.5, 0.5] gives +6 dB, [0.1] gives -14 dB, with gtype none, peak, dc and
#   gn alike: twice the sum of products, and no normalisation. SoX's `fir` with [1] gives 0 dB.
# Matters: rooms and telephone handsets put on speech by ffmpeg are 6 dB louder than by any other
#   tool; loud files clip when they are written as 16 bits. Follow it by `volume=0.5`.
#
# Output seen (dB): response 1, gtype none and peak 6; response 0.1, peak -14; SoX fir 0
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}
level() {
    ffmpeg -nostdin -hide_banner -i source.wav -f f32le -ar 16000 -ac 1 -i response.raw \
        -filter_complex "[0][1]$1,volumedetect" -f null - 2>&1 |
        awk '/mean_volume/ { print $(NF - 1) }'
}

sox -R -D -n -r 16000 -c 1 -b 16 source.wav synth 0.5 sine 500 gain -20
before=$(sox source.wav -n stats 2>&1 | awk '/^RMS lev dB/ { print $4 }')
gain() { awk -v a="$before" -v b="$1" 'BEGIN { printf "%.0f", b - a }'; }
while read -r want type name first; do
    { printf '%b' "$first"; head -c 400 /dev/zero; } >response.raw
    expect "response $name, gtype $type" "$want" "$(gain "$(level "afir=gtype=$type")")"
done <<'LIST'
6 none 1 \x00\x00\x80\x3f
6 peak 1 \x00\x00\x80\x3f
-14 peak 0.1 \xcd\xcc\xcc\x3d
LIST
sox -D source.wav out.wav fir 1 0 0
after=$(sox out.wav -n stats 2>&1 | awk '/^RMS lev dB/ { print $4 }')
expect "SoX fir 1" 0 "$(gain "$after")"
exit $failed
