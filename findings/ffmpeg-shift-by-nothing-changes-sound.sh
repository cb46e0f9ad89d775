#!/usr/bin/env bash
# ffmpeg 5.1 (Debian 12): `afreqshift=shift=0` and `aphaseshift=shift=0` change the waveform so much
# that the SNR is below 0 dB; `asubboost=wet=0` gives silence.
#
# Expected: a shift by nothing is the identity, or a plain delay; a boost whose wet part is 0 leaves
#   the dry sound.
# Seen: both shifts keep every level (within 0.01 dB) and turn the phase by another amount at
#   each frequency: white noise has an SNR of -2.2 dB at the best lag and gain.
#   wet=0 (dry=1) is digital silence: wet scales all that comes out.
# Why: a shift needs two paths 90 degrees apart, made by chains of all-pass filters; the path of the
#   sound itself goes through one of them, too.
# Matters: augmentation by shifts "around 0 Hz": pairs with the clean sound are not aligned in phase
#   even for the smallest shift, so that waveform losses and SI-SDR see nothing but distortion.
#   Compare with the output for shift 0, not with the source.
#
# Output seen (level in dB, SNR in dB at the best lag): afreqshift 0.0 -2.2; aphaseshift 0.0 -2.2;
#   asubboost silence
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 - <<'CODE'
import array, math, random, subprocess, sys

random.seed(1)
source = array.array("f", [random.gauss(0, 0.05) for i in range(48000)])
open("in.raw", "wb").write(source.tobytes())
def effect(text):
    raw = ["-f", "f32le", "-ar", "16000", "-ac", "1"]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *raw, "-i", "in.raw", "-af", text,
                    *raw, "out.raw"], check=True)
    return array.array("f", open("out.raw", "rb").read())

def product(a, b):
    return sum(x * y for x, y in zip(a, b))

def compare(output):
    a = source[16000:32000]
    level = 10 * math.log10(product(output[16000:32000], output[16000:32000]) / product(a, a))
    best = -math.inf
    for lag in range(-40, 41):
        b = output[16000 + lag:32000 + lag]
        gain = product(a, b) / product(a, a)
        rest = product(b, b) - gain ** 2 * product(a, a)
        best = max(best, 10 * math.log10(gain ** 2 * product(a, a) / rest))
    return level, best

as_described = True
for name in ("afreqshift", "aphaseshift"):
    level, ratio = compare(effect(f"{name}=shift=0"))
    print(f"{name} {level:.1f} {ratio:.1f}")
    as_described &= abs(level) < 0.1 and ratio < 1
silent = not any(effect("asubboost=dry=1:wet=0"))
print("asubboost", "silence" if silent else "sound")
sys.exit(not (as_described and silent))
CODE
