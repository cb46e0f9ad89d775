#!/usr/bin/env bash
# zimtohrli 0.2.1.post1 (PyPI): a copy whose second half is missing scores 5.0, the best there is;
# a copy of which 10 ms are missing scores less.
#
# Expected: signals of different length are refused, or the missing part counts as an error, more
#   the more is missing.
# Seen: any two lengths are taken without a word. Of 8 s of noise: 10 ms missing 4.72; half a
#   second, two and four seconds missing 5.00; six seconds missing 4.61. With zeros in place of
#   the missing four seconds the score is 4.21; 8 s of speech behave much alike (4.70, 5.00, 4.08,
#   3.56, 3.56).
# Why: the spectrograms are aligned by dynamic time warping before they are compared, and a missing
#   end costs little there.
# Matters: a decoder that ends early gets a perfect verdict from this judge. Compare the lengths
#   before it is asked, and pad with zeros so that what is missing counts.
#
# Output seen (MOS): missing 0.01 s 4.721, 0.5 s 4.998, 2 s 4.997, 4 s 4.998, 6 s 4.611; 4 s of
#   zeros instead 4.209
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
packages zimtohrli==0.2.1.post1 numpy==2.4.6
venv/bin/python - <<'CODE'
import sys
import numpy as np
import zimtohrli

rate = 48000
noise = (0.1 * np.random.default_rng(1).standard_normal(8 * rate)).astype(np.float32)
score = {}
for missing in (0.01, 0.5, 2, 4, 6):
    rest = noise[:len(noise) - int(missing * rate)].copy()
    score[missing] = zimtohrli.mos_from_signals(noise, rest)
    print(f"missing {missing} s: {score[missing]:.3f}")
zeros = np.concatenate([noise[:4 * rate], np.zeros(4 * rate, np.float32)])
padded = zimtohrli.mos_from_signals(noise, zeros)
print(f"4 s of zeros instead: {padded:.3f}")
perfect = all(score[missing] > 4.99 for missing in (0.5, 2, 4))
sys.exit(not (perfect and score[0.01] < 4.9 and score[6] < 4.9 and padded < 4.5))
CODE
