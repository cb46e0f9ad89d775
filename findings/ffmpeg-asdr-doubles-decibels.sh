#!/usr/bin/env bash
# ffmpeg 5.1 (Debian 12): the filter `asdr` gives twice the signal-to-distortion ratio in decibels:
# 40 where it is 20.
#
# Expected: 10 log10(sum of x^2 / sum of (x - y)^2), in decibels as it is printed.
# Seen: noise 20 dB below the signal gives "39.99 dB", 10 dB below 20.0, half the signal as the copy
#   (6.02 dB) 12.04. Equal sounds give inf.
# Why: 20 log10 of a ratio of powers.
# Matters: a quick number for a codec or denoiser from the command line looks excellent; next to
#   other tools' figures it must be halved.
#
# Output seen (asked dB: printed dB): 20: 40.0; 10: 20.0; 3: 6.0
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 - <<'CODE'
import array, math, random, re, subprocess, sys

random.seed(1)
signal = [random.gauss(0, 0.1) for i in range(48000)]
error = [random.gauss(0, 0.1) for i in range(48000)]
def power(values):
    return sum(one * one for one in values)

def write(name, values):
    open(name, "wb").write(array.array("f", values).tobytes())

write("a.raw", signal)
as_described = True
for ratio in (20, 10, 3):
    factor = math.sqrt(power(signal) / power(error)) * 10 ** (-ratio / 20)
    write("b.raw", [x + factor * e for x, e in zip(signal, error)])
    raw = ["-f", "f32le", "-ar", "16000", "-ac", "1", "-i"]
    said = subprocess.run(["ffmpeg", "-nostdin", "-hide_banner", *raw, "a.raw", *raw, "b.raw",
                           "-filter_complex", "asdr", "-f", "null", "-"],
                          check=True, capture_output=True, text=True).stderr
    printed = float(re.search(r"SDR ch0: ([-\d.]+) dB", said)[1])
    print(f"{ratio}: {printed:.1f}")
    as_described &= abs(printed - 2 * ratio) < 0.1
sys.exit(not as_described)
CODE
