#!/usr/bin/env bash
# numpy 2.4.6 (PyPI): the mean over time of an hour of float32 stereo is wrong by decibels, and of
# the same sound in mono it is right.
#
# Expected: `mean`, `sum`, `std` and `linalg.norm` of float32 sum in pairs (numpy's "pairwise
#   summation"), so the error stays near 1e-7 for any length.
# Seen: that holds only along the axis that lies contiguous in memory. soundfile's layout is
#   (frames, channels); over axis 0 the sum is plain float32 and STOPS growing when it reaches 2^24
#   times the size of a term: one hour at 16 kHz of the value 0.09 has the "mean" 0.036 (-3.9 dB),
#   two hours 0.018 (-6.9 dB). Shape (frames, 1) is right, so a test with mono passes. The notes on
#   `sum` mention the axis in one sentence; those on `linalg.norm` do not.
# Matters: RMS, level, DC offset, SNR of long recordings, and averages of training curves. Pass `dtype=np.float64`, or put time on the last axis.
#
# Output seen (mean of the constant 0.09, one hour and two hours at 16 kHz):
#   (n, 1): 0.0900 0.0900; (n, 2): 0.0364 0.0182; with dtype float64: 0.0900 0.0900
#   square root of the mean square, linalg.norm and std of one hour of a sine: -0.92 dB each
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
packages numpy==2.4.6
venv/bin/python - <<'CODE'
import sys
import numpy as np

as_described = True
for hours, want in ((1, 0.0364), (2, 0.0182)):
    frames = hours * 3600 * 16000
    # One value seen many times: no memory, and the sum runs as for a real recording.
    mono = np.broadcast_to(np.float32(0.09), (frames, 1))
    stereo = np.broadcast_to(np.float32(0.09), (frames, 2))
    means = {
        "(n, 1)": mono.mean(axis=0)[0],
        "(n, 2)": stereo.mean(axis=0)[0],
        "(n, 2) float64": stereo.mean(axis=0, dtype=np.float64)[0],
    }
    print(hours, "h:", *(f"{name} {value:.4f}" for name, value in means.items()))
    as_described &= abs(means["(n, 1)"] - 0.09) < 1e-4
    as_described &= abs(means["(n, 2)"] - want) < 1e-3
    as_described &= abs(means["(n, 2) float64"] - 0.09) < 1e-4
# A real array with a real signal: one hour of a sine, its squares.
period = (0.3 * np.sin(2 * np.pi * 11 / 160 * np.arange(160))).astype(np.float32)
sine = np.tile(period, 3600 * 16000 // 160)
stereo = np.stack([sine, sine], axis=1)
true = np.sqrt(np.mean(period.astype(np.float64) ** 2))
for name, value in (
    ("mean of squares", np.sqrt(np.mean(stereo**2, axis=0))[0]),
    ("linalg.norm", np.linalg.norm(stereo, axis=0)[0] / np.sqrt(len(sine))),
    ("std", stereo.std(axis=0)[0]),
):
    error = 20 * np.log10(value / true)
    print(f"{name}, sine of one hour: {error:.2f} dB")
    as_described &= -1.2 < error < -0.6
sys.exit(not as_described)
CODE
