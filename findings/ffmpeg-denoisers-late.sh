#!/usr/bin/env bash
# ffmpeg 5.1 (Debian 12): the filters afftdn, anlmdn and superequalizer give their output late,
# keep the number of samples, and so lose the end of the sound.
#
# Expected: a filter of a file tool hides its latency: the time stamps or the first samples are
#   corrected, as afwtdn, adeclick, loudnorm and dynaudnorm do. The manual names no delay.
# Seen: with settings that leave the sound as it is, at 16 kHz: afftdn 400 samples (25 ms) late,
#   anlmdn 128 (8 ms), superequalizer 4,095 (256 ms); the same length, so the last 25, 8, 256 ms
#   are gone.
# Matters: a denoiser as a peer: SNR, SI-SDR and STOI against the clean source are of two signals
#   25 ms apart (STOI of clean speech against itself 25 ms late: 0.57), PESQ hides it. Pad the
#   end, measure the delay, cut.
#
# Output seen: afftdn lag 400, anlmdn lag 128, superequalizer lag 4095, afwtdn lag 0, dynaudnorm
#   lag 0; all 48000 samples
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

compare() {
    python3 - source.raw out.raw <<'CODE'
import array, sys
source, output = (array.array("h", open(name, "rb").read()) for name in sys.argv[1:])
middle, count = len(source) // 2, 1500
def likeness(lag):
    return sum(source[middle + i] * output[middle + i + lag] for i in range(count))
print("lag", max(range(-100, 4501), key=likeness), "samples", len(output))
CODE
}
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}

sox -R -D -n -r 16000 -c 1 -b 16 source.wav synth 3 whitenoise lowpass 3000 gain -n -12
sox -D source.wav -t raw source.raw
while read -r filter lag; do
    ffmpeg -nostdin -v error -y -i source.wav -af "$filter" -ar 16000 -f s16le out.raw
    expect "$filter" "lag $lag samples 48000" "$(compare)"
done <<'LIST'
afftdn=nr=0.01 400
anlmdn=s=0.00001 128
superequalizer 4095
afwtdn=sigma=0 0
dynaudnorm 0
LIST
exit $failed
