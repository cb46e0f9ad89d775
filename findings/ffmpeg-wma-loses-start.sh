#!/usr/bin/env bash
# ffmpeg 5.1 (Debian 12): what its WMA encoder writes comes back without the first 2,048 samples.
#
# Expected: a lossy coding adds delay or padding; what is at the beginning of the sound is there
#   somewhere, as with ffmpeg's AAC, MP3, Vorbis and AC-3.
# Seen: 44,100 samples with clicks at 600 and 20,000 become 43,008 with one click at 17,952: the
#   first 46 ms are gone, all else is 2,048 samples early. The same for wmav1 and wmav2, without a
#   word, exit status 0.
# Matters: a WMA file made by ffmpeg as test input or as a peer: the beginning cannot be compared,
#   and a check that allows for lateness alone fails.
#
# Output seen: wmav1 samples 43008 clicks 17952; wmav2 samples 43008 clicks 17952; aac samples
#   45056 clicks 600 20000
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 - <<'CODE'
import random, struct, wave
random.seed(1)
samples = [0] * 44100
for place in 600, 20000:
    for i in range(200):
        samples[place + i] = int(20000 * (1 - i / 200) * random.choice((-1, 1)))
with wave.open("in.wav", "wb") as file:
    file.setparams((1, 2, 44100, 0, "NONE", ""))
    file.writeframes(struct.pack("<44100h", *samples))
CODE
# Where the clicks are, to the nearest hundred samples before them; pre-echoes are below half.
clicks() {
    ffmpeg -nostdin -v error -i "$1" -f s16le - | python3 -c '
import array, sys
samples = array.array("h", sys.stdin.buffer.read())
loud = [i for i, x in enumerate(samples) if abs(x) > 9000]
first = [i for n, i in enumerate(loud) if n == 0 or i - loud[n - 1] > 1000]
print("samples", len(samples), "clicks", *first)'
}
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}
for coding in wmav1 wmav2; do
    ffmpeg -nostdin -v error -y -i in.wav -c:a $coding -b:a 192k out.wma
    expect $coding "samples 43008 clicks 17952" "$(clicks out.wma)"
done
ffmpeg -nostdin -v error -y -i in.wav -c:a aac -b:a 192k out.m4a
expect aac "samples 45056 clicks 600 20000" "$(clicks out.m4a)"
exit $failed
