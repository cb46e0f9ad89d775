#!/usr/bin/env bash
# ffmpeg 5.1 (Debian 12) with libopus 1.3.1: Opus in MP4 comes back late by an amount that hangs
# on the sample rate of the SOURCE, and with a tail; Opus in Ogg and WebM comes back in place.
#
# Expected: the 312 samples of pre-skip (6.5 ms at 48 kHz, what every Opus decoder gives out) are
#   dropped in every container that carries them, so that source and decoded sound line up.
# Seen: in MP4 source at 16 kHz is 208 samples late, at 24 kHz 156, at 48 kHz 0, and 648 to 856
#   samples too long; in Ogg and WebM the lag is 0 and the length right. No warning, status 0.
# Why: the header box `dOps` says 312 as it should; the track's time scale is the source's rate, so
#   the edit list says 104 of 16,000 (the same 6.5 ms), which the reader then drops as 104 of
#   48,000. The end is not cut at all.
# Newer: FFmpeg 8.1 (inside PyAV 18.1.0) reads and writes MP4 the same way, and reads the WebM
#   file that ffmpeg 5.1 wrote from 16 kHz 208 samples late as well (measured, not repeated here).
# Matters: 4.3 ms ruin SNR, SI-SDR and any waveform measure and look like a fault of the codec.
#   Measure and remove the delay of each row, or use Ogg.
#
# Output seen (lag and length in samples at 48 kHz, 144,000 wanted):
#   16000 mp4: lag 208 length 144856    16000 webm, ogg: lag 0 length 144000
#   24000 mp4: lag 156 length 144804    48000 mp4: lag 0 length 144648
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1.*, not '$(version ffmpeg)'"
[[ $(version libopus0) == 1.3.1* ]] || skip "needs Debian's libopus0 1.3.1"
command -v sox >/dev/null && command -v python3 >/dev/null || skip "needs sox and python3"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Lag of one raw 16-bit file against another (plain cross-correlation), and its length.
compare() {
    python3 - "$1" "$2" <<'CODE'
import array, sys
source, decoded = (array.array("h", open(name, "rb").read()) for name in sys.argv[1:])
middle, count = len(source) // 2, 3000
def likeness(lag):
    return sum(source[middle + i] * decoded[middle + i + lag] for i in range(count))
print("lag", max(range(-400, 401), key=likeness), "length", len(decoded))
CODE
}
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}

# Three seconds of noise below 3 kHz.
sox -R -D -n -r 48000 -c 1 -b 16 source.wav synth 3 whitenoise lowpass 3000 gain -n -12
sox -D source.wav -t raw source.raw
while read -r rate container want; do
    sox -D source.wav -r "$rate" in.wav
    ffmpeg -nostdin -v error -y -i in.wav -c:a libopus -b:a 48k "out.$container"
    ffmpeg -nostdin -v error -y -i "out.$container" -f s16le out.raw
    expect "$rate $container" "$want" "$(compare source.raw out.raw)"
done <<'LIST'
16000 ogg lag 0 length 144000
16000 webm lag 0 length 144000
16000 mp4 lag 208 length 144856
24000 mp4 lag 156 length 144804
48000 mp4 lag 0 length 144648
LIST
exit $failed
