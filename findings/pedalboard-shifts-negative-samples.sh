#!/usr/bin/env bash
# pedalboard 0.9.26 (PyPI): reading a 16-bit file and writing it again lowers every negative sample
# by one; ten times, by ten.
#
# Expected: 16-bit samples are read as n / 32768 (as soundfile, librosa, scipy users and ffmpeg do)
#   and come back as n: `AudioFile(...).read` and `.write` without any effect keep the sound.
# Seen: WAV, FLAC and AIFF are read as n / 32767: -32768 becomes -1.00003, outside [-1, 1], and all
#   levels are 0.00027 dB up. Writing rounds down, so n < 0 becomes n - 1, each time again. Zero
#   and positive samples come back right, so a half-wave offset stays: not noise, a distortion at
#   the level of the last bit that grows with each pass.
# Matters: "lossless" copies in a data pipeline do not match their sources; tests for equality,
#   silence with small negative samples, SNR near 98 dB and codecs' lossless claims all see it.
#   Read and write with soundfile around pedalboard's effects.
#
# Output seen: for wav, flac and aiff: samples changed after 1 pass: 32767, all by -1; after 10
#   passes the largest change is -10; lowest value read -1.0000305
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
packages pedalboard==0.9.26 numpy==2.4.6 soundfile==0.14.0
venv/bin/python - <<'CODE'
import sys
import numpy as np
import soundfile
from pedalboard.io import AudioFile

ramp = np.arange(-32768, 32768).astype(np.int16)
as_described = True
for ending in ("wav", "flac", "aiff"):
    name = "ramp." + ending
    soundfile.write(name, ramp, 16000, subtype="PCM_16")
    assert np.array_equal(soundfile.read(name, dtype="int16")[0], ramp)
    # The control: soundfile's own way there and back through floats.
    soundfile.write("control." + ending, soundfile.read(name)[0], 16000, subtype="PCM_16")
    assert np.array_equal(soundfile.read("control." + ending, dtype="int16")[0], ramp)
    for turn in range(1, 11):
        with AudioFile(name) as file:
            sound = file.read(file.frames)
        name = f"copy{turn}." + ending
        with AudioFile(name, "w", 16000, 1, bit_depth=16) as file:
            file.write(sound)
        change = soundfile.read(name, dtype="int16")[0].astype(int) - ramp
        if turn == 1:
            lowest, changed, values = sound.min(), np.count_nonzero(change), set(change)
            kept = not change[ramp >= 0].any()
    print(ending, "changed", changed, "by", sorted(int(v) for v in values),
          "after ten passes", int(change.min()), "lowest read", lowest)
    as_described &= (changed == 32767 and values == {-1, 0} and kept and change.min() == -10
                     and lowest < -1)
sys.exit(not as_described)
CODE
