#!/usr/bin/env bash
# ffmpeg 5.1 (Debian 12): what `-ss` in front of `-i` takes out of MP3 begins with 20 to 30 ms of
# silence, without a warning; MP3 in Matroska is cut sample by sample.
#
# Expected: the frames before the place are decoded first, since they hold bits of the frames that
#   follow (the bit reservoir); the excerpt has the samples of the whole decoded file.
# Seen: the length is right and all is in place, but the first 900 to 1,600 samples are zeros and
#   the next 900 are wrong, of a raw MP3 file and of MP3 in MP4. `-ss` behind `-i`, and `-ss` into
#   the same frames in Matroska, give exactly the samples of the whole file.
# Why: decoding begins one or two frames before the place, and a first frame whose reservoir is
#   missing gives silence.
# Matters: data sets cut from long MP3 recordings (audio books, podcasts) by `-ss T -t 10`: each
#   piece begins with a hole that the text beside it does not have. Seek 0.2 s earlier and cut the
#   rest with `-ss 0.2` behind `-i`, or decode first.
#
# Output seen (leading zeros, right after so many samples, at 3.21 and 11.347 s): cbr.mp3 966 1874,
#   911 1823; vbr.mp3 1542 2453, 1485 2397; out.mp4 as cbr.mp3; out.mka 0 0, 0 0
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Noise below 3 kHz, 15 s.
python3 - <<'CODE'
import random, struct, wave
random.seed(1)
level, samples = 0.0, []
for _ in range(15 * 48000):
    level += 0.3 * (random.uniform(-20000, 20000) - level)
    samples.append(int(level))
with wave.open("in.wav", "wb") as file:
    file.setparams((1, 2, 48000, 0, "NONE", ""))
    file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
CODE
# Leading zeros of an excerpt, and after how many samples it agrees with the whole.
cat >compare.py <<'CODE'
import array, sys
def read(name):
    with open(name, "rb") as file:
        return array.array("h", file.read())
whole, part = read("whole.raw"), read("part.raw")
want = whole[round(float(sys.argv[1]) * 48000):]
assert len(part) == len(want), "another length"
zeros = next(i for i, x in enumerate(part) if x)
wrong = [i for i in range(20000) if abs(part[i] - want[i]) > 2]
assert all(abs(a - b) <= 2 for a, b in zip(part[20000:], want[20000:])), "differs to its end"
print(zeros, wrong[-1] + 1 if wrong else 0)
CODE
decode() {
    local name=$1
    shift
    ffmpeg -nostdin -v error -y "$@" -f s16le "$name"
}
ffmpeg -nostdin -v error -y -i in.wav -b:a 128k cbr.mp3
ffmpeg -nostdin -v error -y -i in.wav -q:a 2 vbr.mp3
ffmpeg -nostdin -v error -y -i cbr.mp3 -c copy out.mp4
ffmpeg -nostdin -v error -y -i cbr.mp3 -c copy out.mka
failed=0
while read -r file want; do
    decode whole.raw -i "$file"
    for at in 3.21 11.347; do
        decode part.raw -ss $at -i "$file"
        read -r zeros wrong <<<"$(python3 compare.py $at)"
        echo "$file at $at s: $zeros zeros, right after $wrong samples"
        case $want in
        hole) [[ $zeros -gt 500 && $wrong -gt 1000 ]] || failed=1 ;;
        exact) [[ $wrong == 0 ]] || failed=1 ;;
        esac
        decode part.raw -i "$file" -ss $at
        [[ $(python3 compare.py $at) == *" 0" ]] || { echo "  behind -i: differs"; failed=1; }
    done
done <<'LIST'
cbr.mp3 hole
vbr.mp3 hole
out.mp4 hole
out.mka exact
LIST
exit $failed
