#!/usr/bin/env bash
# SoX 14.4.2, ffmpeg 5.1 (Debian 12) and libsndfile 1.2.2 (soundfile 0.14.0): ADPCM and GSM in WAV
# come back with up to a block of silence more than went in, though the true length stands in the
# file.
#
# Expected: the `fact` chunk is there to say how many samples a compressed WAV has; a reader stops
#   there, at least the one that wrote it.
# Seen: of 48,001 samples SoX writes 48001 into `fact`, and SoX, ffmpeg and libsndfile all give
#   whole blocks: 48480 (IMA ADPCM), 48500 (MS ADPCM), 48320 or 48640 (GSM). libsndfile writes
#   48001 for MS and GSM, and the rounded 48816 for IMA, so there the length is lost.
# Matters: a peer row that must have the source's length, joins between segments (clicks of
#   silence every few seconds), and durations in manifests. Read `fact` oneself and cut, as long
#   as it is not larger than what was decoded.
#
# Output seen: ima-adpcm fact 48001 sox 48480 ffmpeg 48480 libsndfile 48480; ms-adpcm fact 48001
#   48500 48500 48500; gsm-full-rate fact 48001 48320 48320 48640
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
packages soundfile==0.14.0 numpy==2.4.6
cat >lengths.py <<'CODE'
import struct, sys
import soundfile

data = open(sys.argv[1], "rb").read()
at = data.find(b"fact")
print("fact", struct.unpack_from("<I", data, at + 8)[0], "libsndfile",
      len(soundfile.read(sys.argv[1])[0]))
CODE
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}
samples() { wc -c | awk '{ print $1 / 2 }'; }

sox -R -D -r 16000 -n -c 1 -b 16 source.wav synth 4 sine 300 gain -6 trim 0 48001s
while read -r encoding want; do
    sox -D source.wav -e "$encoding" coded.wav 2>/dev/null
    seen="sox $(sox coded.wav -t raw -b 16 -e signed - | samples)"
    seen+=" ffmpeg $(ffmpeg -nostdin -v error -i coded.wav -f s16le - 2>/dev/null | samples)"
    expect "$encoding" "$want" "$seen $(venv/bin/python lengths.py coded.wav)"
done <<'LIST'
ima-adpcm sox 48480 ffmpeg 48480 fact 48001 libsndfile 48480
ms-adpcm sox 48500 ffmpeg 48500 fact 48001 libsndfile 48500
gsm-full-rate sox 48320 ffmpeg 48320 fact 48001 libsndfile 48640
LIST
exit $failed
