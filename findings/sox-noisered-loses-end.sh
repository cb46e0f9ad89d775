#!/usr/bin/env bash
# SoX 14.4.2 (Debian 12): `noisered` loses the last 1,024 samples of every file.
#
# Expected: as many samples as went in, as with SoX's other effects that work in blocks (tempo,
#   stretch, sinc, rate: none missing, measured with neutral settings), in place.
# Seen: 1,024 samples are missing at the end, at any rate and length: 128 ms at 8 kHz, 64 ms at 16
#   kHz, 21 ms at 48 kHz. A burst in the last 50 ms at 16 kHz is gone. What is left is in place.
#   The manual does not say so and nothing is printed; status 0.
# Matters: the classic noise reduction in front of training or as a peer: last syllables are cut,
#   alignments by length break. Append 1,024 zeros in front of it: `pad 0 1024s noisered ...`.
#
# Output seen (samples out of, and power in the last 50 ms): 8000: 24000 22976; 16000: 48000
#   46976; 48000: 144000 142976; with the pad at 16000: 48000, the burst is there
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}

# 2.96 s of silence with noise at -60 dB, then a tone of 40 ms.
for rate in 8000 16000 48000; do
    sox -R -D -n -r $rate -c 1 -b 16 noise.wav synth 1 whitenoise gain -60
    sox -R -D -n -r $rate -c 1 -b 16 quiet.wav synth 2.96 whitenoise gain -60
    sox -R -D -n -r $rate -c 1 -b 16 tone.wav synth 0.04 sine 1000 gain -6
    sox quiet.wav tone.wav source.wav
    sox noise.wav -n noiseprof profile
    sox -D source.wav out.wav noisered profile 0.2
    expect "$rate Hz" "$((3 * rate)) $((3 * rate - 1024))" \
        "$(soxi -s source.wav) $(soxi -s out.wav)"
    sox -D source.wav tempo.wav tempo 1
    expect "$rate Hz, tempo 1" "$((3 * rate))" "$(soxi -s tempo.wav)"
done
for pad in 0 1024s; do
    sox -D -R -n -r 16000 -c 1 -b 16 noise.wav synth 1 whitenoise gain -60
    sox -D -R -n -r 16000 -c 1 -b 16 quiet.wav synth 2.96 whitenoise gain -60
    sox -D -R -n -r 16000 -c 1 -b 16 tone.wav synth 0.04 sine 1000 gain -6
    sox quiet.wav tone.wav source.wav
    sox noise.wav -n noiseprof profile
    sox -D source.wav out.wav pad 0 $pad noisered profile 0.2
    loud=$(sox out.wav -t raw -e signed -b 16 - | od -An -v -td2 -w2 |
        awk '$1 > 4000 || $1 < -4000 { n++ } END { print (n > 300) ? "there" : "gone" }')
    [ $pad = 0 ] && want=gone || want=there
    expect "burst at the end, pad $pad" "$want" "$loud"
done
exit $failed
