#!/usr/bin/env bash
# ffmpeg 5.1, libsndfile 1.2 (Debian 12) and miniaudio 1.71 (PyPI): 24-bit sound becomes 16-bit
# sound by rounding down, with a mean error of half a step; the same sound as float is rounded to
# nearest.
#
# Expected: no dither unless asked for, but rounding to nearest, as for float input and as SoX and
#   GStreamer do.
# Seen: `ffmpeg -i x24.wav -c:a pcm_s16le` (and from FLAC, into FLAC, PyAV), `sndfile-convert
#   -pcm16`, soundfile's `dtype="int16"` and miniaudio's decode_file cut the lower byte: the error
#   runs from -0.996 to 0 steps, mean -0.498, where rounding has -0.5 to 0.5, mean 0. From 32-bit
#   float ffmpeg rounds; miniaudio is then a whole step low (mean -0.998).
# Matters: 24-bit studio recordings made into 16-bit training data: the error has four times the
#   power of rounding, digital silence with noise around zero gets a DC offset, and small sounds
#   become -1 and 0. Give ffmpeg a float filter (`-af volume=1.0`) or `-af
#   aresample=dither_method=triangular`, or use SoX.
#
# Output seen (mean error in 16-bit steps): ffmpeg -0.498, ffmpeg from float 0.002, ffmpeg
#   volume=1.0 0.002, sndfile-convert -0.498, soundfile -0.498, miniaudio -0.498, miniaudio from
#   float -0.998, sox -D 0.004
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
packages() {
    python3 -m venv venv && venv/bin/pip install -q --no-cache-dir --only-binary :all: "$@" ||
        skip "cannot install $*"
}
packages soundfile==0.14.0 miniaudio==1.71 numpy==2.4.6

venv/bin/python - <<'CODE'
import subprocess, sys
import miniaudio
import numpy as np
import soundfile

wide = np.random.default_rng(1).integers(-2**22, 2**22, 48000)
soundfile.write("wide.wav", (wide << 8).astype("int32"), 48000, subtype="PCM_24")
soundfile.write("wide.flac", (wide << 8).astype("int32"), 48000, subtype="PCM_24")
soundfile.write("float.wav", wide / 2**23, 48000, subtype="FLOAT")
def ffmpeg(name, *options):
    return np.frombuffer(subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", name, *options, "-f", "s16le", "-"],
        check=True, stdout=subprocess.PIPE).stdout, "<i2")
def mini(name):
    return np.array(miniaudio.decode_file(name, nchannels=1, sample_rate=48000).samples)
def sox():
    return np.frombuffer(subprocess.run(
        ["sox", "-D", "wide.wav", "-t", "raw", "-e", "signed", "-b", "16", "-"],
        check=True, stdout=subprocess.PIPE).stdout, "<i2")
as_described = True
for name, samples, want in (
        ("ffmpeg, WAV", ffmpeg("wide.wav"), -0.5),
        ("ffmpeg, FLAC", ffmpeg("wide.flac"), -0.5),
        ("ffmpeg, float", ffmpeg("float.wav"), 0),
        ("ffmpeg, volume=1.0", ffmpeg("wide.wav", "-af", "volume=1.0"), 0),
        ("soundfile", soundfile.read("wide.wav", dtype="int16")[0], -0.5),
        ("miniaudio", mini("wide.wav"), -0.5),
        ("miniaudio, float", mini("float.wav"), -1),
        ("sox -D", sox(), 0)):
    error = samples - wide / 256
    print(f"{name}: mean error {error.mean():.3f}, from {error.min():.3f} to {error.max():.3f}")
    as_described &= abs(error.mean() - want) < 0.05
sys.exit(not as_described)
CODE
