#!/usr/bin/env bash
# sndio 1.9.0 (Debian 12): `aucat -n`, the off-line converter, takes 3 dB at 5 kHz and 10 dB at 7
# kHz from wide-band speech that it brings to 48 kHz, and puts mono on the left channel only.
#
# Expected: a plain interpolation, perhaps 1 dB at the top of the band; and mono that stays mono,
#   or is the same left and right.
# Seen: 16 to 48 kHz (the default of the output, whatever the input has) lowers 3, 5 and 7 kHz by
#   0.4, 3.1 and 10.4 dB; the output has two channels, and the second is digital silence. 15
#   samples of 48 kHz late, the end cut by as much.
# Matters: test sounds that went through it are dull, late, and at half the level once somebody
#   mixes the channels down. Convert rates with SoX or soxr; with `-r 16000 -c 0:0` in front of
#   `-o` neither rate nor level changes.
#
# Output seen (dB less than the source for 1, 3, 5, 7 kHz): 0.0 0.4 3.1 10.4; channels 2, right
#   channel silent
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version sndio-tools) == 1.9.0-* ]] || skip "needs Debian's sndio-tools 1.9.0"
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}
level() { sox "$1" -n remix "$2" trim 0.2 0.6 stats 2>&1 | awk '/^RMS lev dB/ { print $4 }'; }

while read -r frequency loss; do
    sox -R -D -n -r 16000 -c 1 -b 16 source.wav synth 1 sine "$frequency" gain -12
    rm -f out.wav
    aucat -n -i source.wav -o out.wav 2>/dev/null
    before=$(level source.wav 1)
    left=$(level out.wav 1)
    expect "$frequency Hz" "48000 2 $loss -inf" "$(soxi -r out.wav) $(soxi -c out.wav) $(
        awk -v a="$before" -v b="$left" 'BEGIN { printf "%.1f", a - b }') $(level out.wav 2)"
done <<'LIST'
1000 0.0
3000 0.4
5000 3.1
7000 10.4
LIST
exit $failed
