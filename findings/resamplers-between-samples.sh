#!/usr/bin/env bash
# pedalboard 0.9.26 (PyPI) and GStreamer 1.22 (Debian 12): their resamplers give the sound a
# fraction of a sample late.
#
# Expected: lag 0, as with soxr, scipy, resampy, libsamplerate, SoX and ffmpeg (each
#   within 0.001 samples, measured), or a whole number of samples that one can cut.
# Seen: `AudioFile(...).resampled_to(16000)` of 48 kHz is 1/3 of a sample (21 us) late, of 44.1
#   kHz 0.22; 16 to 44.1 kHz 0.4; 48 to 24 kHz and 16 to 48 kHz 0. GStreamer's `audioresample` is
#   0.083 late for 48 to 16 kHz, 0.375 for 16 to 48 kHz (8 us), with quality=10 a quarter of that,
#   and upsampled sound is two samples short.
# Why: of pedalboard's delay what is left is what is no whole number of output samples; that of
#   GStreamer falls with the length of the filter that the quality sets.
# Matters: 1/3 of a sample at 16 kHz ends an SNR at 18 dB for a tone of 1 kHz and 8 dB for 3 kHz,
#   although the sound is right to 60 dB and more. Align by fractions, or convert both sides with
#   the same tool.
#
# Output seen (lag in samples of the output): pedalboard 48000 to 16000 0.333, 44100 to 16000
#   0.220, 48000 to 24000 0.000; GStreamer 48000 to 16000 0.083, quality 10 0.021, 16000 to 48000
#   0.375 and 47998 of 48000 samples; soxr 0.000
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version gstreamer1.0-plugins-base) == 1.22.0-* ]] || skip "needs Debian's GStreamer 1.22.0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
packages() {
    python3 -m venv venv && venv/bin/pip install -q --no-cache-dir --only-binary :all: "$@" ||
        skip "cannot install $*"
}
packages pedalboard==0.9.26 soundfile==0.14.0 soxr==0.5.0.post1 numpy==2.4.6
venv/bin/python - <<'CODE'
import subprocess, sys
import numpy as np
import soundfile
import soxr
from pedalboard.io import AudioFile

def pedalboard(name, target):
    with AudioFile(name).resampled_to(target) as file:
        return file.read(file.frames)[0]

def gstreamer(name, target, quality=4):
    subprocess.run(["gst-launch-1.0", "-q", "filesrc", f"location={name}", "!", "wavparse", "!",
                    "audioresample", f"quality={quality}", "!", f"audio/x-raw,rate={target}", "!",
                    "wavenc", "!", "filesink", "location=out.wav"], check=True)
    return soundfile.read("out.wav")[0]

def finest(name, target):
    return gstreamer(name, target, 10)

def plain(name, target):
    values, source = soundfile.read(name)
    return soxr.resample(values, source, target)

def lag(values, rate, frequency=500):
    at = np.arange(rate // 4, rate // 4 + rate // 2)
    phase = np.angle(np.sum(values[at] * np.exp(-2j * np.pi * frequency * at / rate)) * 1j)
    return -phase / (2 * np.pi) * rate / frequency

as_described = True
for tool, source, target, want in (
        (pedalboard, 48000, 16000, 0.333), (pedalboard, 44100, 16000, 0.220),
        (pedalboard, 48000, 24000, 0), (gstreamer, 48000, 16000, 0.083),
        (finest, 48000, 16000, 0.021), (gstreamer, 16000, 48000, 0.375),
        (plain, 48000, 16000, 0), (plain, 16000, 48000, 0)):
    name = f"{source}.wav"
    sine = 0.5 * np.sin(2 * np.pi * 500 * np.arange(source) / source)
    soundfile.write(name, sine, source, "FLOAT")
    values = tool(name, target)
    seen = lag(values, target)
    print(f"{tool.__name__} {source} to {target}: lag {seen:.3f}, {len(values)} samples")
    as_described &= abs(seen - want) < 0.006
    if tool is gstreamer and target > source:
        as_described &= len(values) == target - 2
sys.exit(not as_described)
CODE
