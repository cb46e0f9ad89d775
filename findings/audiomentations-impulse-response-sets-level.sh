#!/usr/bin/env bash
# audiomentations 0.43.1 (PyPI): ApplyImpulseResponse sets the peak of its output to one half,
# whatever the level of the sound and of the response.
#
# Expected: the convolution: a response of one 1 gives back what went in, one of 0.1 a tenth.
# Seen: a sine at -60 dB comes back at -6 dB, with a response of [1] and of [0.1] alike, and one at
#   full scale at -6 dB too; silence stays silence. Its doc string has no word of it. The peak is
#   that of the whole convolution, so the tail that is cut off counts, too. RoomSimulator of the
#   same package does not scale (from its source).
# Matters: rooms put into training data level all files, quiet ones and pauses with noise become
#   loud, and an SNR or a loudness that was set before is no longer true. Wrap it: `PostGain(effect,
#   method="same_rms")` of audiomentations.core.post_gain.
#
# Output seen (peak in dB of -60, -20, 0 dB): response [1]: -6.0 -6.0 -6.0; [0.1]: -6.0 -6.0 -6.0
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
packages audiomentations==0.43.1 numpy==2.4.6 soundfile==0.14.0
venv/bin/python -W ignore - <<'CODE'
import sys
import numpy as np
import soundfile
from audiomentations import ApplyImpulseResponse

sine = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000).astype(np.float32)
as_described = True
for response in ([1.0], [0.1]):
    name = f"response-{response[0]}.wav"
    soundfile.write(name, np.array(response + [0.0] * 15), 16000, subtype="FLOAT")
    effect = ApplyImpulseResponse(ir_path=name, p=1.0)
    peaks = []
    for level in (-60, -20, 0):
        out = effect(sine * np.float32(10 ** (level / 20)), sample_rate=16000)
        peaks.append(20 * np.log10(np.abs(out).max()))
    print(f"response [{response[0]}]: peaks " + " ".join(f"{peak:.1f}" for peak in peaks))
    as_described &= bool(np.allclose(peaks, 20 * np.log10(0.5), atol=0.1))
sys.exit(not as_described)
CODE
