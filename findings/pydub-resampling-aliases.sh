#!/usr/bin/env bash
# pydub 0.25.1 (PyPI): `set_frame_rate` has no low-pass at all; a tone above half of the new rate
# comes back inside the band at its full level.
#
# Expected: a simple filter, 20 to 40 dB of rejection perhaps.
# Seen: 48 to 16 kHz: 10 kHz becomes 6 kHz, 15 kHz becomes 1 kHz, both at 0.00 dB. The method
#   interpolates linearly by the standard library's `audioop.ratecv`, whose filter is off.
# Matters: speech sets made with pydub from 44.1 or 48 kHz carry folded sibilants in the band that a
#   wideband codec codes and judges; a codec trained on them learns it. Look at the spectrum of
#   folded "s"; convert with soxr, sox or ffmpeg.
#
# Output seen: 10000 Hz -> 6000 Hz 0.00 dB; 15000 Hz -> 1000 Hz 0.00 dB
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
python3 -W ignore -c 'import audioop' 2>/dev/null || skip "needs a Python with audioop (up to 3.12)"
packages pydub==0.25.1 numpy==2.4.6
venv/bin/python -W ignore - <<'CODE'
import sys
import numpy as np
from pydub import AudioSegment

as_described = True
time = np.arange(48000) / 48000
for tone, alias in ((10000, 6000), (15000, 1000)):
    wave = np.round(16384 * np.sin(2 * np.pi * tone * time)).astype(np.int16)
    source = AudioSegment(wave.tobytes(), frame_rate=48000, sample_width=2, channels=1)
    sound = np.array(source.set_frame_rate(16000).get_array_of_samples(), dtype=float)
    peak = int(np.argmax(np.abs(np.fft.rfft(sound[:16000]))))
    level = 20 * np.log10(np.sqrt(2 * np.mean(sound**2)) / 16384)
    print(f"{tone} Hz -> {peak} Hz {level:.2f} dB")
    as_described &= peak == alias and abs(level) < 0.1
sys.exit(not as_described)
CODE
