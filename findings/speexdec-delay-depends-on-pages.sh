#!/usr/bin/env bash
# speexdec 1.2.1 (Debian 12): whether the codec's delay is taken off hangs on how many Ogg pages the
# stream has; the same recording is in place at one quality and late at another.
#
# Expected: `speexdec` takes the look-ahead off (the page's position says so) always or never, as
#   ffmpeg, which never does.
# Seen: a stream whose packets all lie in one page comes back late by 80 samples (8 kHz), 223 (16
#   kHz) or 509 (32 kHz), and is longer than the source; a stream of two or more pages comes back in
#   place, with the source's length. At 8 kHz, 3 s are late at quality 4 and in place at quality 8.
# Matters: SNR and every waveform measure of short prompts against those of long ones, or of low
#   rates against high ones. Measure the delay of each file, or decode with `ffmpeg -c:a libspeex`.
#
# Output seen (seconds, quality: pages, lag): 8000 3 s 4: 1, 80; 3 s 8: 2, 0; 16000 2 s 4: 1, 223; 3
#   s 4: 2, 0; 1 s 8: 1, 223; 3 s 8: 3, 0; 32000 0.5 s 8: 1, 509; 3 s 8: 3, 0
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version speex) == 1.2.1-* ]] || skip "needs Debian's speex 1.2.1-"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Noise below half of the band that comes and goes; so many tenths of a second.
cat >noise.py <<'CODE'
import math, random, struct, sys, wave
rate, tenths = int(sys.argv[1]), int(sys.argv[2])
random.seed(1)
level, samples = 0.0, []
for i in range(rate * tenths // 10):
    level += 0.3 * (random.uniform(-20000, 20000) - level)
    samples.append(int(level * (1 + math.sin(20 * i / rate)) / 2))
with wave.open("in.wav", "wb") as file:
    file.setparams((1, 2, rate, 0, "NONE", ""))
    file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
CODE
# Pages behind the two headers, samples more than the source, and the lag that fits best.
cat >lag.py <<'CODE'
import array, sys, wave
def read(name):
    with wave.open(name) as file:
        return array.array("h", file.readframes(file.getnframes()))
source, decoded = read("in.wav"), read("out.wav")
with open("out.spx", "rb") as file:
    pages = file.read().count(b"OggS\0") - 2
middle = range(len(source) // 4, min(len(source) // 4 + 4000, len(decoded) - 700))
fit = lambda lag: sum(source[i] * decoded[i + lag] for i in middle)
print(pages, len(decoded) - len(source), max(range(-50, 600), key=fit))
CODE
failed=0
while read -r rate quality tenths late; do
    python3 noise.py "$rate" "$tenths"
    speexenc --quality "$quality" in.wav out.spx >/dev/null 2>&1
    speexdec out.spx out.wav >/dev/null 2>&1
    read -r pages more lag <<<"$(python3 lag.py)"
    echo "$rate Hz, quality $quality, $tenths tenths: pages $pages, samples more $more, lag $lag"
    if [[ $late == 0 ]]; then
        [[ $pages -gt 1 && $more == 0 && $lag == 0 ]] || failed=1
    else
        [[ $pages == 1 && $lag == "$late" ]] || failed=1
    fi
done <<'LIST'
8000 4 30 80
8000 8 30 0
16000 4 20 223
16000 4 30 0
16000 8 10 223
16000 8 30 0
32000 8 5 509
32000 8 30 0
LIST
exit $failed
