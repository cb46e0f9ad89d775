#!/usr/bin/env bash
# ffmpeg 5.1 (Debian 12): `-ss` into an ADPCM WAV that ffmpeg wrote itself begins at another place,
# by seconds.
#
# Expected: blocks of a fixed size and a fixed number of samples: the exact place, as with PCM.
# Seen: of 20 s at 16 kHz `-ss 5` gives what is at 10.0 s, and the 10 s that are left; at 48 kHz
#   `-ss 17` gives what is at 11.3 s; IMA and MS alike. `-ss` behind `-i` is right, and files by SoX
#   or libsndfile are right.
# Why: the header says the encoder's default of 128 kbit/s for the bytes a second, where 64 and 193
#   kbit/s are true, and the demuxer seeks by that number.
# Matters: excerpts cut by time from ADPCM recordings; players that show a time from the header. Put
#   `-ss` behind `-i`.
#
# Output seen (place found and length in seconds): 48000 -ss 17: adpcm_ima_wav, adpcm_ms 11.3 8.7,
#   sox 17.0 3.0; 16000 -ss 5: adpcm_ima_wav 10.0 10.1, adpcm_ms 9.9 10.2, sox 5.0 15.0
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# A tone that rises by 100 Hz a second: its frequency says the time.
cat >sweep.py <<'CODE'
import math, struct, sys, wave
rate, seconds = int(sys.argv[1]), 20
phase, samples = 0.0, []
for i in range(rate * seconds):
    phase += 2 * math.pi * (200 + 100 * i / rate) / rate
    samples.append(round(9000 * math.sin(phase)))
with wave.open("in.wav", "wb") as file:
    file.setparams((1, 2, rate, 0, "NONE", ""))
    file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
CODE
# The second at which an excerpt begins, by the crossings of zero in its first 100 ms, and how long
# it is.
cat >place.py <<'CODE'
import array, sys
rate = int(sys.argv[1])
samples = array.array("h", sys.stdin.buffer.read())
head = samples[:rate // 10]
ups = [i - head[i] / (head[i] - head[i - 1]) for i in range(1, len(head))
       if head[i - 1] < 0 <= head[i]]
frequency = (len(ups) - 1) * rate / (ups[-1] - ups[0]) if len(ups) > 1 else 0
print(f"{(frequency - 200) / 100 - 0.05:.1f} {len(samples) / rate:.1f}")
CODE
place() { ffmpeg -nostdin -v error "$@" -f s16le - | python3 place.py "$rate"; }
failed=0
# Both numbers within 0.15 s.
expect() {
    echo "$1: begins at, length: $3"
    python3 -c 'import sys
want, seen = (list(map(float, text.split())) for text in sys.argv[1:])
sys.exit(any(abs(a - b) > 0.15 for a, b in zip(want, seen)))' "$2" "$3" ||
        { echo "  was $2 when this was written" >&2; failed=1; }
}
while read -r rate at found length rest; do
    python3 sweep.py "$rate"
    for coding in adpcm_ima_wav adpcm_ms; do
        ffmpeg -nostdin -v error -y -i in.wav -c:a $coding out.wav
        expect "$rate $coding -ss $at" "$found $length" "$(place -ss "$at" -i out.wav)"
        expect "$rate $coding, -ss $at behind -i" "$at $rest" "$(place -i out.wav -ss "$at")"
    done
    sox in.wav -e ima-adpcm out.wav
    expect "$rate by sox -ss $at" "$at $rest" "$(place -ss "$at" -i out.wav)"
done <<'LIST'
48000 17.0 11.3 8.7 3.0
16000 5.0 10.0 10.1 15.0
LIST
exit $failed
