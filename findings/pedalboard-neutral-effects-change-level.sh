#!/usr/bin/env bash
# pedalboard 0.9.26 (PyPI): a Limiter makes soft sound louder, by 3.75 dB more than its threshold is
# below zero; Reverb's dry sound is doubled; Convolution with a unit impulse is 18 dB softer.
#
# Expected: what is far below a limiter's threshold passes as it is; `wet_level=0, dry_level=1` and
#   an impulse response of one 1 are the identity.
# Seen: Limiter(threshold_db=-20) raises a sine at -60 dB by 23.75 dB, -10 by 13.75, 0 by 3.75.
#   Reverb(wet_level=0, dry_level=1) gives +6.02 dB. Convolution scales any response to an energy of
#   1/64, so [1] and [0.1] both act as 0.125: a room's gain is lost.
# Why: JUCE's limiter has a fixed first compressor and make-up gain, its reverb a dry scale of 2,
#   its convolution normalises; pedalboard passes them on.
# Matters: augmentation and "safety" limiting change the level of every file, quiet ones the most;
#   SNRs set before are no longer true. Measure the gain of each effect on one sine; use numpy for
#   room responses that must keep their level.
#
# Output seen (dB for a sine at -60 dB): Limiter 0: 3.75, -10: 13.75, -20: 23.75; Reverb 6.02;
#   Convolution [1]: -18.06, [0.1]: -18.06
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
packages() {
    python3 -m venv venv && venv/bin/pip install -q --no-cache-dir --only-binary :all: "$@" ||
        skip "cannot install $*"
}
packages pedalboard==0.9.26 numpy==2.4.6
venv/bin/python - <<'CODE'
import sys
import numpy as np
import pedalboard

rate = 48000
sine = (0.001 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.float32)
impulse = np.ones(1, np.float32)
as_described = True
for name, effect, want in (
        ("Limiter(threshold_db=0)", pedalboard.Limiter(threshold_db=0), 3.75),
        ("Limiter(threshold_db=-10)", pedalboard.Limiter(threshold_db=-10), 13.75),
        ("Limiter(threshold_db=-20)", pedalboard.Limiter(threshold_db=-20), 23.75),
        ("Reverb(wet_level=0, dry_level=1)", pedalboard.Reverb(wet_level=0, dry_level=1), 6.02),
        ("Convolution([1])", pedalboard.Convolution(impulse, 1.0, rate), -18.06),
        ("Convolution([0.1])", pedalboard.Convolution(0.1 * impulse, 1.0, rate), -18.06),
        ("Gain(0)", pedalboard.Gain(0), 0),
        ("Compressor(threshold_db=0)", pedalboard.Compressor(threshold_db=0), 0)):
    middle = slice(rate // 2, None)
    gain = 10 * np.log10(np.mean(np.square(effect(sine, rate)[middle], dtype=float))
                         / np.mean(np.square(sine[middle], dtype=float)))
    print(f"{name}: {gain:+.2f} dB")
    as_described &= abs(gain - want) < 0.05
sys.exit(not as_described)
CODE
