#!/usr/bin/env bash
# lameenc 1.9.0 (PyPI, libmp3lame): what it encodes has no Info frame, so no player takes the delay
# off; `lame`, ffmpeg and soundfile, over the same library, write one.
#
# Expected: as libmp3lame writes the frame by default, a binding's file comes back in place and as
#   long as its source.
# Seen: 44,100 samples at 128 kbit/s come back 1,105 samples (25 ms) late and over 1,000 too long in
#   libsndfile; the file by soundfile in place, with 44,100. There is no setting for it.
# Matters: augmentation by MP3 in training (audiomentations' lameenc backend leaves the delay in as
#   well): the pair of clean and coded sound is 25 ms apart at 44.1 kHz, 69 ms at 16 kHz. Drop 1,105
#   samples, and cut at the source's length.
#
# Output seen: lameenc Info False lag 1105 length 46080; soundfile Info True lag 0 length 44100
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
packages lameenc==1.9.0 soundfile==0.14.0 numpy==2.4.6
venv/bin/python - <<'CODE'
import sys
import lameenc
import numpy as np
import soundfile

noise = 0.2 * np.convolve(np.random.default_rng(1).standard_normal(44100), np.ones(8) / 8, "same")
encoder = lameenc.Encoder()
encoder.set_bit_rate(128)
encoder.set_in_sample_rate(44100)
encoder.set_channels(1)
data = bytes(encoder.encode((noise * 32767).astype("<i2").tobytes()) + encoder.flush())
with open("lameenc.mp3", "wb") as file:
    file.write(data)
soundfile.write("soundfile.mp3", noise, 44100, bitrate_mode="CONSTANT", compression_level=0.6)
seen = {}
for name in ("lameenc", "soundfile"):
    with open(name + ".mp3", "rb") as file:
        head = file.read(600)
    decoded = soundfile.read(name + ".mp3")[0]
    lag = int(np.correlate(decoded, noise[5000:25000], "valid").argmax()) - 5000
    seen[name] = (b"Info" in head or b"Xing" in head, lag, len(decoded))
    print(name, "Info {} lag {} length {}".format(*seen[name]))
sys.exit(not (seen["soundfile"] == (True, 0, 44100) and seen["lameenc"][:2] == (False, 1105)
              and seen["lameenc"][2] > 45000))
CODE
