#!/usr/bin/env bash
# scipy 1.17.1 (PyPI): `scipy.signal.wiener` of 16-bit samples gives float64 values that are wrong
# by up to 10^8, without a warning; of the same samples as float64 it is right.
#
# Expected: what the other filters of the module do with int16 (lfilter, sosfiltfilt, resample_poly,
#   decimate, hilbert, savgol_filter, detrend): they compute in float64, with the same result for
#   both types.
# Seen: more than 80 % of the samples differ, and the error is 70 dB above the signal. The result's
#   type is float64, so nothing hints at it.
# Why: the local variance squares the input in its own type; 182 is the last value whose square fits
#   into 16 bits.
# Matters: `scipy.io.wavfile.read` gives int16, so denoising a WAV file by the book takes this path.
#   Convert with `astype(float)` first.
#
# Output seen: int16 type float64, 83 % differ, largest error 3.7e8 of 5.3e3; lfilter,
#   resample_poly, decimate, savgol_filter 0
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
packages scipy==1.17.1 numpy==2.4.6
venv/bin/python -W ignore - <<'CODE'
import sys
import numpy as np
from scipy import signal

noise = (3000 * np.random.default_rng(1).standard_normal(16000)).astype(np.int16)
as_described = True
for name, call in (("wiener", lambda x: signal.wiener(x, 29)),
                   ("lfilter", lambda x: signal.lfilter([1.0], [1.0, -0.5], x)),
                   ("resample_poly", lambda x: signal.resample_poly(x, 3, 1)),
                   ("decimate", lambda x: signal.decimate(x, 2)),
                   ("savgol_filter", lambda x: signal.savgol_filter(x, 5, 2))):
    integers, floats = call(noise), call(noise.astype(float))
    error = np.abs(integers - floats)
    print(f"{name}: {integers.dtype}, {np.mean(error > 1):.2f} differ, largest error "
          f"{error.max():.3g} of {np.abs(floats).max():.3g}")
    as_described &= integers.dtype == np.float64
    as_described &= np.mean(error > 1) > 0.5 if name == "wiener" else not error.any()
sys.exit(not as_described)
CODE
