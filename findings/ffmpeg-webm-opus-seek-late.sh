#!/usr/bin/env bash
# ffmpeg 5.1 (Debian 12): `-ss` into Opus in WebM or Matroska cuts 8 ms (384 samples) before the
# place asked for; in Ogg, and with FLAC in Matroska, the cut is exact.
#
# Expected: `-ss T` before `-i` is accurate (the manual's `-accurate_seek`, on by default): decode
#   from the packet before, drop up to T. Matroska's clock of 1 ms may cost half a millisecond.
# Seen: the excerpt begins 384 samples before T, so all in it is 8 ms late, at any T that is not
#   on a packet's edge; on the edge it is in place and 312 samples short. In Ogg the lag is 0.
# Why: the time stamps have the codec delay of 6.5 ms (as 7 ms) in them; decoding from the start
#   drops the pre-skip, decoding from the middle does not correct for it the same way.
# Matters: excerpts for listening tests or scores, cut from WebM before decoding, do not line up
#   with excerpts cut from the source. Decode the whole file, then cut.
#
# Output seen (lag of the excerpt at T = 1.11 and 2.35 s, in samples at 48 kHz):
#   webm opus 384 384; ogg opus 0 0; mka flac 0 0
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
[[ $(version libopus0) == 1.3.1* ]] || skip "needs Debian's libopus0 1.3.1"
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Lag of an excerpt against the whole decoded file at the sample where it should begin.
lag() {
    python3 - "$1" "$2" "$3" <<'CODE'
import array, sys
whole, excerpt = (array.array("h", open(name, "rb").read()) for name in sys.argv[1:3])
begin = round(float(sys.argv[3]) * 48000)
offset, count = 12000, 3000
def likeness(lag):
    return sum(whole[begin + offset + i] * excerpt[offset + i + lag] for i in range(count))
print(max(range(-600, 601), key=likeness))
CODE
}
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}

sox -R -D -n -r 48000 -c 1 -b 16 source.wav synth 4 whitenoise lowpass 3000 gain -n -12
while read -r codec container first second; do
    file=out.$container
    ffmpeg -nostdin -v error -y -i source.wav -c:a "$codec" -b:a 64k "$file"
    ffmpeg -nostdin -v error -y -i "$file" -f s16le whole.raw
    for time in 1.11 2.35; do
        ffmpeg -nostdin -v error -y -ss $time -i "$file" -t 0.5 -f s16le cut.raw
        [ $time = 1.11 ] && want=$first || want=$second
        expect "$codec in $container at $time s" "$want" "$(lag whole.raw cut.raw $time)"
    done
done <<'LIST'
libopus webm 384 384
libopus ogg 0 0
flac mka 0 0
LIST
exit $failed
