#!/usr/bin/env bash
# GStreamer 1.22 (Debian 12): 16-bit sound that passes through float or 32-bit samples comes back
# changed in a quarter of its samples: `audioconvert` adds dither by default.
#
# Expected: n / 32768 as float is exact, and back to 16 bits it is n again, as with ffmpeg, SoX -D
#   and soundfile; dither only where asked for, or where something was changed in between.
# Seen: of 16-bit noise 25 % of the samples come back one higher or lower; of digital silence 25 %
#   come back as -1 or 1; through 32-bit integers likewise, where the lower bits are zeros.
#   `dithering=none` gives the samples of the source.
# Matters: any pipeline with a float element in it (audioresample of float, equalizers, denoisers,
#   opusdec in float builds): "lossless" copies and checksums fail, silence becomes noise at -101
#   dB that a codec with silence detection then codes. Write `audioconvert dithering=none`.
#
# Output seen (share changed, largest change): noise 0.25 1, silence 0.25 1; dithering=none 0.00 0
#   for both; through S32LE 0.25 1
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version gstreamer1.0-plugins-base) == 1.22.0-* ]] || skip "needs Debian's GStreamer 1.22.0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

changed() {
    python3 - "$1" out.raw <<'CODE'
import array, sys
before, after = (array.array("h", open(name, "rb").read()) for name in sys.argv[1:])
assert len(before) == len(after)
steps = [abs(a - b) for a, b in zip(before, after)]
print(f"{sum(step > 0 for step in steps) / len(steps):.2f} {max(steps)}")
CODE
}
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}

python3 - <<'CODE'
import array, random
random.seed(1)
with open("noise.raw", "wb") as file:
    file.write(array.array("h", [random.randrange(-9000, 9000) for _ in range(96000)]).tobytes())
with open("silence.raw", "wb") as file:
    file.write(bytes(192000))
CODE
while read -r source through dithering want; do
    gst-launch-1.0 -q filesrc location="$source.raw" ! \
        rawaudioparse pcm-format=s16le sample-rate=48000 num-channels=1 ! \
        audioconvert ! "audio/x-raw,format=$through" ! audioconvert "$dithering" ! \
        audio/x-raw,format=S16LE ! filesink location=out.raw
    expect "$source, $through, $dithering" "$want" "$(changed "$source.raw")"
done <<'LIST'
noise F32LE dithering=tpdf 0.25 1
silence F32LE dithering=tpdf 0.25 1
noise F32LE dithering=none 0.00 0
silence F32LE dithering=none 0.00 0
noise S32LE dithering=tpdf 0.25 1
LIST
# The default is the first of these.
gst-inspect-1.0 audioconvert | grep -A 3 'dithering  *:' | grep -q 'Default: 2, "tpdf"' || failed=1
exit $failed
