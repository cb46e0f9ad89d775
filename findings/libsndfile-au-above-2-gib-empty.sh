#!/usr/bin/env bash
# libsndfile 1.2.2 (soundfile 0.14.0; Debian's 1.2.0 too): an AU file with 2 GiB of samples or
# more has 0 frames, without an error.
#
# Expected: the size in an AU header has 32 bits without a sign, so 3 GiB (28 hours of 16-bit
#   sound at 16 kHz) are read; at worst an error. WAV and AIFF of that size are read.
# Seen: from a file of 2^31 bytes on (header of 24 bytes included) `frames` is 0 and reads give
#   nothing; the log calls the size -1073741824. With the size given as unknown (0xFFFFFFFF) all
#   of the same file is read. SoX reads it; ffmpeg 5.1 refuses it as invalid from 2^31 on.
# Matters: AU is the format to send through pipes, since WAV's header cannot be written again; a
#   day of sound saved so is an empty recording for every program on libsndfile, with status 0.
#
# Output seen: au 2147483622 bytes 1073741811 frames; au 2147483624 bytes 0 frames; au 3221225472
#   bytes 0 frames, unknown size 1610612736 frames; wav 3221225472 bytes 1610612736 frames; sox
#   1610612736
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
command -v soxi >/dev/null || skip "needs sox"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
packages() {
    python3 -m venv venv && venv/bin/pip install -q --no-cache-dir --only-binary :all: "$@" ||
        skip "cannot install $*"
}
packages soundfile==0.14.0 numpy==2.4.6
venv/bin/python - <<'CODE'
import struct, subprocess, sys
import soundfile

def silence(name, header, size):
    """A file with holes: `size` bytes of digital silence that take no room on the disk."""
    with open(name, "wb") as file:
        file.write(header)
        file.truncate(len(header) + size)

def au(size, stated=None):
    silence("a.au", struct.pack(">4sIIIII", b".snd", 24, stated or size, 3, 16000, 1), size)
    with soundfile.SoundFile("a.au") as file:
        return file.frames, len(file.read(1000, dtype="int16"))

large = 3 * 2**30
found = {size: au(size) for size in (2**31 - 26, 2**31 - 24, large)}
for size, (frames, read) in found.items():
    print("au", size, "bytes:", frames, "frames, first read", read)
sox = int(subprocess.run(["soxi", "-s", "a.au"], capture_output=True, text=True).stdout)
unknown = au(large, 0xFFFFFFFF)
silence("a.wav", struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + large, b"WAVEfmt ", 16, 1, 1, 16000,
                             32000, 2, 16, b"data", large), large)
wav = soundfile.info("a.wav").frames
print("unknown size", unknown, "wav", wav, "sox", sox)
sys.exit(not (found[2**31 - 26] == (2**30 - 13, 1000) and found[2**31 - 24] == (0, 0)
              and found[large] == (0, 0) and unknown == (large // 2, 1000)
              and wav == sox == large // 2))
CODE
