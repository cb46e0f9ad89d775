#!/usr/bin/env bash
# SoX 14.4.2, ffmpeg 5.1 (Debian 12), libsndfile 1.2.2 (soundfile 0.14.0) and audioop of Python
# 3.11: no two of them give the same A-law or mu-law bytes for 16-bit sound. All decoders agree.
#
# Expected: G.711 is a table of 1972; encoders of one 16-bit sample agree, at least up to ties.
# Seen: over all 65,536 values, every pair of the four differs in 127 to 1,944 of them. The
#   standard is written for 13 and 14 bits; each tool drops the lower bits in its own way
#   (rounding, floor, towards zero; before or after the sign), so the decision levels lie
#   elsewhere, and the error has a mean: about +1.5 for ffmpeg, -0.5 to -4.4 for SoX, 0 for
#   libsndfile (samples of 16 bits).
# Matters: "the telephone band" of a training set or a bench is four different signals; checksums
#   of encoded prompts do not match between tools. Decoding the same bytes is safe.
#
# Output seen (values coded differently): ulaw sox-ffmpeg 992, sox-sndfile 383, sox-audioop 508,
#   ffmpeg-sndfile 851, ffmpeg-audioop 512, sndfile-audioop 381; alaw 1944, 1147, 1020, 849, 964,
#   127
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
python3 -W ignore -c 'import audioop' 2>/dev/null || skip "needs a Python with audioop (up to 3.12)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
packages() {
    python3 -m venv venv && venv/bin/pip install -q --no-cache-dir --only-binary :all: "$@" ||
        skip "cannot install $*"
}
packages soundfile==0.14.0 numpy==2.4.6

python3 -c 'import array, sys
sys.stdout.buffer.write(array.array("h", range(-32768, 32768)).tobytes())' >ramp.raw
raw=(-t raw -r 8000 -c 1)
sox -D "${raw[@]}" -b 16 -e signed ramp.raw -t raw -e mu-law sox.ulaw 2>/dev/null
sox -D "${raw[@]}" -b 16 -e signed ramp.raw -t raw -e a-law sox.alaw 2>/dev/null
for law in ulaw alaw; do
    format=${law/ulaw/mulaw}
    ffmpeg -nostdin -v error -f s16le -ar 8000 -ac 1 -i ramp.raw -f "$format" ffmpeg.$law
done
venv/bin/python -W ignore - <<'CODE'
import audioop, itertools, subprocess, sys
import numpy as np
import soundfile

ramp = np.fromfile("ramp.raw", "<i2")
as_described = True
for law, encode, decode in (("ulaw", audioop.lin2ulaw, audioop.ulaw2lin),
                            ("alaw", audioop.lin2alaw, audioop.alaw2lin)):
    with open("audioop." + law, "wb") as file:
        file.write(encode(ramp.tobytes(), 2))
    soundfile.write("sndfile." + law, ramp, 8000, subtype=law.upper(), format="RAW")
    codes = {tool: np.fromfile(f"{tool}.{law}", "u1")
             for tool in ("sox", "ffmpeg", "sndfile", "audioop")}
    for a, b in itertools.combinations(codes, 2):
        count = int(np.count_nonzero(codes[a] != codes[b]))
        print(law, f"{a}-{b}", count)
        as_described &= count > 100
    # The decoders: the 256 codes through all four.
    every = bytes(range(256))
    with open("codes." + law, "wb") as file:
        file.write(every)
    name = law.replace("ulaw", "mulaw")
    sox = subprocess.run(
        ["sox", *"-t raw -r 8000 -c 1 -e".split(), name.replace("law", "-law"), "codes." + law,
         *"-t raw -b 16 -e signed -".split()], capture_output=True).stdout
    ffmpeg = subprocess.run(
        ["ffmpeg", *"-nostdin -v error -ar 8000 -ac 1 -f".split(), name, "-i", "codes." + law,
         "-f", "s16le", "-"], capture_output=True).stdout
    sndfile = soundfile.read("codes." + law, samplerate=8000, channels=1, subtype=law.upper(),
                             format="RAW", dtype="int16")[0].tobytes()
    agree = decode(every, 2) == sox == ffmpeg == sndfile
    print(law, "decoders agree:", agree)
    as_described &= agree
sys.exit(not as_described)
CODE
