#!/usr/bin/env bash
# librosa 0.11.0 (PyPI): `effects.preemphasis` begins with a click of twice the first sample.
#
# Expected: y[0], or (1 - 0.97) y[0], at the start, as from python_speech_features and Kaldi.
# Seen: a constant 1 gives 2.00, 0.03, 0.03 ...: the first value is 3 y[0] - y[1]. For a sine of 100
#   Hz that starts at its top it is 32 dB above what follows.
# Why: the state before the first sample, meant to be the extrapolated 2 y[0] - y[1], goes in as the
#   filter's own state, which would be -0.97 times that. `deemphasis` takes it off again, so that a
#   round trip shows nothing.
# Matters: the first frame of every excerpt has a flat spectrum, and a loss or a mean over frames
#   sees it; features differ from those of a library with another start. Give `zi=[0]` (y[0]) or
#   `zi=[-0.97 * y[0]]`.
#
# Output seen: constant 1: 2.0000 0.0300 0.0300; zi=[0]: 1.0000 0.0300; zi=[-0.97]: 0.0300 0.0300;
#   sine of 100 Hz from its top: first 2.0008, largest behind it 0.0489
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
packages librosa==0.11.0 numpy==2.4.6
venv/bin/python - <<'CODE'
import sys
import numpy as np
from librosa.effects import preemphasis

constant = preemphasis(np.ones(16000))
from_zero = preemphasis(np.ones(16000), zi=[0])
print(f"constant 1: {constant[:3]}; zi=[0]: {from_zero[:3]}")
extended = preemphasis(np.ones(16000), zi=[-0.97])
sine = preemphasis(np.cos(2 * np.pi * 100 * np.arange(16000) / 16000))
print(f"zi=[-0.97]: {extended[:2]}; sine: first {sine[0]:.4f}, largest behind it "
      f"{np.abs(sine[1:]).max():.4f}")
sys.exit(not (abs(constant[0] - 2) < 1e-9 and np.allclose(constant[1:], 0.03)
              and abs(from_zero[0] - 1) < 1e-9 and np.allclose(extended, 0.03)
              and sine[0] > 1.9 and np.abs(sine[1:]).max() < 0.1))
CODE
