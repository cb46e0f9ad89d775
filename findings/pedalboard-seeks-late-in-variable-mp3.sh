#!/usr/bin/env bash
# pedalboard 0.9.26 (PyPI): in MP3 of variable rate `seek(n)` goes one frame (1,152 samples) further
# than where `read` counts; at constant rate it is exact.
#
# Expected: `seek(n)` then `read` gives the samples from n on of the whole file, as soundfile gives
#   (bit for bit, measured with the same files).
# Seen: the excerpt is what the whole file has at n + 1152 (24 ms at 48 kHz, 72 ms at 16 kHz), for
#   LAME -V 2 and for libsndfile's variable rate alike, while n = 0 is right. Reading the whole file
#   gives 1,105 samples of delay and the padding as well: the Info frame's numbers are not used.
# Matters: random crops of training data from MP3 (`seek` to a random place) do not fit labels by
#   time, and do not repeat what a whole-file reader gives. Decode once with soundfile; crop there.
#
# Output seen (place found less place asked for): constant 0 0 0; variable 0 1152 1152; lengths
#   481536 with pedalboard, 480000 with soundfile
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
packages pedalboard==0.9.26 soundfile==0.14.0 numpy==2.4.6
venv/bin/python - <<'CODE'
import sys
import numpy as np
import pedalboard.io
import soundfile

rng = np.random.default_rng(1)
noise = 0.2 * np.convolve(rng.standard_normal(480000), np.ones(8) / 8, "same")
as_described = True
for mode, level in (("CONSTANT", 0.6), ("VARIABLE", 0.3)):
    name = mode + ".mp3"
    soundfile.write(name, noise, 48000, format="MP3", subtype="MPEG_LAYER_III",
                    bitrate_mode=mode, compression_level=level)
    moved, other = [], []
    with pedalboard.io.AudioFile(name) as file:
        whole = file.read(file.frames)[0].astype(float)
        for place in (0, 100000, 300000):
            file.seek(place)
            part = file.read(8000)[0].astype(float)
            first = max(0, place - 4000)
            fit = np.correlate(whole[first:place + 16000], part, "valid")
            moved.append(int(fit.argmax()) + first - place)
    with soundfile.SoundFile(name) as file:
        reference = file.read()
        for place in (0, 100000, 300000):
            file.seek(place)
            other.append(float(np.abs(file.read(8000) - reference[place:place + 8000]).max()))
    print(mode, "pedalboard", len(whole), "samples, places off by", *moved,
          "soundfile", len(reference), "largest difference", max(other))
    as_described &= moved == ([0, 0, 0] if mode == "CONSTANT" else [0, 1152, 1152])
    as_described &= max(other) < 1e-6
sys.exit(not as_described)
CODE
