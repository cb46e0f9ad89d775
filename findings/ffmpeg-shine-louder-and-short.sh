#!/usr/bin/env bash
# libshine 3.1.1 in ffmpeg 5.1 (Debian 12): MP3 comes back 12 % (1 dB) louder than the source, and
# the last samples are missing.
#
# Expected: unity gain, and an encoder that codes its last samples when it is flushed.
# Seen: +1.02 dB at any rate and for any sound that is not distorted; what lies above 0.89 of full
#   scale clips in the decoder. Of 44,100 samples with a burst 600 samples before the end nothing of
#   the burst is left; libmp3lame keeps it.
# Matters: shine is the encoder of phones and boards without floating point. Files from it are
#   louder than their sources in any comparison; pad the end by 2,000 samples, and scale by 0.889.
#
# Output seen: gain 1.02 dB; samples with the burst: libshine 0, libmp3lame 186
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
[[ $(version libshine3) == 3.1.1-* ]] || skip "needs Debian's libshine3 3.1.1-"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 - <<'CODE'
import math, struct, wave
def write(name, samples):
    with wave.open(name, "wb") as file:
        file.setparams((1, 2, 44100, 0, "NONE", ""))
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
write("tone.wav", [round(9830 * math.sin(2 * math.pi * 440 * i / 44100)) for i in range(88200)])
burst = [0] * 44100
for i in range(300):
    burst[43500 + i] = round(20000 * math.sin(0.3 * i) * math.sin(math.pi * i / 300))
write("burst.wav", burst)
CODE
decode() { ffmpeg -nostdin -v error -i "$1" -f s16le -; }
failed=0
ffmpeg -nostdin -v error -y -i tone.wav -c:a libshine -b:a 256k out.mp3
gain=$(decode out.mp3 | python3 -c '
import array, math, sys
middle = array.array("h", sys.stdin.buffer.read())[20000:60000]
print(f"{10 * math.log10(2 * sum(x * x for x in middle) / len(middle) / 9830**2):.2f}")')
echo "gain $gain dB"
[[ $gain == 1.0[0-5] ]] || failed=1
loud() {
    ffmpeg -nostdin -v error -y -i burst.wav -c:a "$1" -b:a 256k out.mp3
    decode out.mp3 | python3 -c '
import array, sys
print(sum(abs(x) > 5000 for x in array.array("h", sys.stdin.buffer.read())))'
}
shine=$(loud libshine)
lame=$(loud libmp3lame)
echo "loud samples of the burst: libshine $shine, libmp3lame $lame"
[[ $shine == 0 && $lame -gt 100 ]] || failed=1
exit $failed
