#!/usr/bin/env bash
# LAME 3.100 (Debian 12): at constant and average bit rates the sound comes back 3 to 5 % softer
# than it went in; at variable rates and from 256 kbit/s on it does not.
#
# Expected: a perceptual coder has unity gain; only `--scale` and ReplayGain touch the level.
# Seen: -b 8 to -b 160 give -0.45 dB, -b 192 -0.27 dB, -b 256 and -b 320 0 dB at 44.1 kHz; at 16 kHz
#   -b 64 -0.45 dB; --abr as -b; -V 2 and -V 5 0 dB. The same from ffmpeg's libmp3lame with `-b:a`
#   and from lameenc.
# Why: the presets behind -b and --abr multiply the input by 0.95, 0.97 ... so that it clips less.
# Matters: SNR stops at 26 dB, whatever the rate, and a listener who compares levels hears which is
#   the copy. Fit the gain before a waveform measure, or give `--scale 1.0526`.
#
# Output seen (gain in dB, SNR in dB): 44100 -b 64 -0.446, 26.0; -b 128 -0.446, 26.0; -b 192 -0.265,
#   30.5; -b 320 0.000, 78.6; --abr 128 -0.446, 26.0; -V 2 -0.001, 54.3; 16000 -b 64 -0.446, 26.0;
#   ffmpeg 128k -0.446, 26.0; -b 128 --scale 1.0526 0.000
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version lame) == 3.100-6* ]] || skip "needs Debian's lame 3.100-6"
[[ $(version libmp3lame0) == 3.100-6* ]] || skip "needs Debian's libmp3lame0 3.100-6"
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >tone.py <<'CODE'
import math, struct, sys, wave
rate = int(sys.argv[1])
samples = [round(9830 * math.sin(2 * math.pi * 440 * i / rate)) for i in range(2 * rate)]
with wave.open(sys.argv[2], "wb") as file:
    file.setparams((1, 2, rate, 0, "NONE", ""))
    file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
CODE
# Gain and signal-to-noise ratio, in decibels, of the middle of a decoded file; `lame --decode`
# takes the delay off, so the two files lie on one another.
cat >gain.py <<'CODE'
import array, math, sys, wave
def read(name):
    with wave.open(name) as file:
        return array.array("h", file.readframes(file.getnframes()))
source, decoded = read(sys.argv[1]), read(sys.argv[2])
middle = range(len(source) // 4, len(source) * 3 // 4)
power = sum(source[i] ** 2 for i in middle)
gain = sum(source[i] * decoded[i] for i in middle) / power
error = sum((source[i] - decoded[i]) ** 2 for i in middle)
print(f"{20 * math.log10(gain):.3f} {10 * math.log10(power / error):.1f}")
CODE
failed=0
check() {
    local name=$1 want=$2 gain snr
    lame --quiet --decode out.mp3 out.wav
    read -r gain snr <<<"$(python3 gain.py in.wav out.wav)"
    echo "$name: gain $gain dB, SNR $snr dB"
    python3 -c "import sys; sys.exit(abs($gain - $want) > 0.01)" ||
        { echo "  gain was $want when this was written" >&2; failed=1; }
}
python3 tone.py 44100 in.wav
while read -r want options; do
    # shellcheck disable=SC2086
    lame --quiet $options in.wav out.mp3
    check "44100 $options" "$want"
done <<'LIST'
-0.446 -b 64
-0.446 -b 128
-0.265 -b 192
0 -b 320
-0.446 --abr 128
0 -V 2
0 -b 128 --scale 1.0526
LIST
ffmpeg -nostdin -v error -y -i in.wav -c:a libmp3lame -b:a 128k out.mp3
check "ffmpeg 128k" -0.446
python3 tone.py 16000 in.wav
lame --quiet -b 64 in.wav out.mp3
check "16000 -b 64" -0.446
exit $failed
