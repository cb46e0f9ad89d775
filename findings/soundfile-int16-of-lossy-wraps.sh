#!/usr/bin/env bash
# soundfile 0.14.0 with libsndfile 1.2.2 (PyPI): loud Ogg Vorbis and Opus read as int16 or int32
# wrap around; MP3 of the same sound saturates.
#
# Expected: soundfile switches clipping on when it writes, so a decoded value above full scale is
#   read as 32767, whatever the codec.
# Seen: 1.05 from Vorbis or Opus is read as about -31100: a click of twice full scale. Lossy codecs
#   overshoot on any clipped or loud material; `dtype="float32"` gives the 1.05, and MP3 saturates.
# Why: the Ogg readers of libsndfile convert by themselves and never ask for the clipping setting.
# Matters: int16 is the usual type for PCM pipelines and for bindings of webrtcvad, opus and lc3.
#   Read lossy files as floats, clip, then convert.
#
# Output seen (samples off by more than half of full scale): VORBIS int16 14238, int32 7523;
#   OPUS int16 11143, int32 9530; MP3 0, 0
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
packages soundfile==0.14.0 numpy==2.4.6
venv/bin/python - <<'CODE'
import sys
import numpy as np
import soundfile

# Four seconds of clipped harmonics at 16 kHz.
t = np.arange(64000) / 16000
sound = np.clip(3 * sum(np.sin(2 * np.pi * 150 * k * t + k * k) for k in range(1, 9)) / 4, -1, 1)
wrong = {}
for container, subtype in (("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")):
    name = "loud." + subtype
    soundfile.write(name, sound, 16000, format=container, subtype=subtype)
    right = np.clip(soundfile.read(name, dtype="float64")[0], -1, 1)
    for kind, scale in (("int16", 2**15), ("int32", 2**31)):
        read = soundfile.read(name, dtype=kind)[0] / scale
        wrong[subtype, kind] = int(np.count_nonzero(np.abs(read - right) > 0.5))
        print(subtype, kind, "samples off by more than half of full scale:", wrong[subtype, kind])
as_described = all((count == 0) == (key[0] == "MPEG_LAYER_III") for key, count in wrong.items())
sys.exit(not as_described)
CODE
