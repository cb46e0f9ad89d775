#!/usr/bin/env bash
# SoX 14.4.2 (Debian 12): `sinc 300-3400`, the band-pass, inverts the sound; the same band as `sinc
# 300 sinc -3400` does not.
#
# Expected: a linear-phase filter whose gain in the pass band is 1.
# Seen: the gain is -1 for each band and rate tried (20-7900, 50-7000, 300-3400, 500-3000 at 16 and
#   48 kHz); high-pass (`sinc 300`), low-pass (`sinc -3400`) and band-stop (`sinc 3400-300`) keep
#   the sign.
# Matters: telephone bands are made with this effect. The SNR against the source is -6 dB, a sum
#   with another path cancels, a network trained on pairs learns the sign; PESQ, STOI and ears hear
#   nothing. Give the two halves one behind the other.
#
# Output seen (gain of a 1-kHz tone): 20-7900 -1.000; 300-3400 -1.000; 300 1.000; -3400 1.000;
#   3400-300 (at 6 kHz) 1.000; 300 and -3400 1.000
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >tone.py <<'CODE'
import math, struct, sys, wave
rate, frequency = int(sys.argv[1]), int(sys.argv[2])
samples = [round(9830 * math.sin(2 * math.pi * frequency * i / rate)) for i in range(2 * rate)]
with wave.open("in.wav", "wb") as file:
    file.setparams((1, 2, rate, 0, "NONE", ""))
    file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
CODE
# Gain of the middle of out.wav against in.wav, with its sign.
cat >gain.py <<'CODE'
import array, wave
def read(name):
    with wave.open(name) as file:
        return array.array("h", file.readframes(file.getnframes()))
source, filtered = read("in.wav"), read("out.wav")
middle = range(len(source) // 4, len(source) * 3 // 4)
print(f"{sum(source[i] * filtered[i] for i in middle) / sum(source[i]**2 for i in middle):.3f}")
CODE
failed=0
while read -r want rate frequency effects; do
    python3 tone.py "$rate" "$frequency"
    # shellcheck disable=SC2086
    sox -D in.wav out.wav $effects 2>/dev/null
    gain=$(python3 gain.py)
    echo "$rate Hz, $effects: gain at $frequency Hz $gain"
    python3 -c "import sys; sys.exit(abs($gain - $want) > 0.01)" || failed=1
done <<'LIST'
-1 16000 1000 sinc 20-7900
-1 16000 1000 sinc 300-3400
-1 48000 1000 sinc 300-3400
-1 48000 1000 sinc -t 100 300-3400
1 16000 1000 sinc 300
1 16000 1000 sinc -3400
1 16000 6000 sinc 3400-300
1 16000 1000 sinc 300 sinc -3400
LIST
exit $failed
