#!/usr/bin/env bash
# SoX 14.4.2, ffmpeg 5.1, GStreamer 1.22 (Debian 12) and libsndfile 1.2.2 (soundfile 0.14.0): IMA
# and MS ADPCM files decode to different samples.
#
# Expected: ADPCM is integer arithmetic on tables of 1992; all decoders give the same samples, as
#   those of A-law, mu-law and GSM 06.10 do.
# Seen: for IMA SoX and libsndfile agree, ffmpeg and GStreamer agree, and the two camps differ in 90
#   % of the samples by tens; for MS SoX, libsndfile and GStreamer agree, and ffmpeg differs in as
#   many.
# Why: IMA adds the step's halves, each cut to an integer, or multiplies once and cuts; the
#   predictor of MS ADPCM is divided by 256 downwards or towards zero. Both errors feed back. (Each
#   form, written down in Python, gives one camp's samples to the last bit.)
# Matters: a checksum of decoded sound holds for one decoder only; a test that a decoder is right
#   needs to say against which.
#
# Output seen (share of samples that differ, by up to): ima-adpcm sox-libsndfile 0, ffmpeg-gstreamer
#   0, sox-ffmpeg 0.91 29; ms-adpcm sox-libsndfile 0, sox-gstreamer 0, sox-ffmpeg 0.86 63
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
[[ $(version gstreamer1.0-plugins-bad) == 1.22.* ]] ||
    skip "needs Debian's gstreamer1.0-plugins-bad 1.22"
[[ -n $(version gstreamer1.0-plugins-good) && -n $(version gstreamer1.0-tools) ]] ||
    skip "needs gstreamer1.0-plugins-good and gstreamer1.0-tools"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
packages() {
    python3 -m venv venv && venv/bin/pip install -q --no-cache-dir --only-binary :all: "$@" ||
        skip "cannot install $*"
}
packages soundfile==0.14.0 numpy==2.4.6

venv/bin/python - <<'CODE'
import itertools, subprocess, sys
import numpy as np
import soundfile

noise = np.random.default_rng(1).standard_normal(48000)
noise = np.convolve(noise, np.hanning(8) / 3, "same") * (0.1 + 0.1 * np.sin(np.arange(48000) / 900))
soundfile.write("in.wav", noise, 16000)
def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout
as_described = True
for coding, camps in (("ima-adpcm", ({"sox", "libsndfile"}, {"ffmpeg", "gstreamer"})),
                      ("ms-adpcm", ({"sox", "libsndfile", "gstreamer"}, {"ffmpeg"}))):
    run("sox", "-D", "in.wav", "-e", coding, "coded.wav")
    raw = {
        "sox": run("sox", "coded.wav", "-t", "raw", "-e", "signed", "-b", "16", "-"),
        "ffmpeg": run("ffmpeg", "-nostdin", "-v", "error", "-i", "coded.wav", "-f", "s16le", "-"),
        "gstreamer": run("gst-launch-1.0", "-q", "filesrc", "location=coded.wav", "!", "wavparse",
                         "!", "adpcmdec", "!", "fdsink"),
        "libsndfile": soundfile.read("coded.wav", dtype="int16")[0].tobytes(),
    }
    samples = {name: np.frombuffer(data, "<i2")[:48000].astype(int) for name, data in raw.items()}
    for a, b in itertools.combinations(samples, 2):
        difference = np.abs(samples[a] - samples[b])
        print(coding, a, b, f"{np.mean(difference > 0):.2f} differ, by up to {difference.max()}")
        as_described &= (difference.max() > 0) != any({a, b} <= camp for camp in camps)
sys.exit(not as_described)
CODE
