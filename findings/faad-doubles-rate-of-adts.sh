#!/usr/bin/env bash
# faad 2.10.1 (Debian 12): the same AAC-LC frames of 16 kHz mono come out at 16 kHz from an .m4a
# file and at 32 kHz from an .aac (ADTS) file; with two channels each time.
#
# Expected: AAC-LC without spectral band replication is decoded at its own rate, 16 kHz, one
#   channel, from either wrapping, as ffmpeg does.
# Seen: ADTS of 16 and 24 kHz gives WAV of 32 and 48 kHz (44.1 kHz stays), MP4 the rate of the
#   stream; mono becomes two equal channels in both. Status 0, nothing is said.
# Why: below 24 kHz a stream may carry the upper half as an extension that its header does not name;
#   ADTS cannot say that there is none, and faad makes room for it in advance.
# Matters: a length check in samples, or a reader that trusts the rate asked for, plays or trains at
#   half speed for one wrapping and not for the other. Read rate and channels from the WAV header.
#
# Output seen (rate and channels): 16000 m4a: 16000 2, aac: 32000 2; 24000 m4a: 24000 2, aac: 48000
#   2; 44100 m4a, aac: 44100 2; ffmpeg 16000 1 for both
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version faad) == 2.10.1-* ]] || skip "needs Debian's faad 2.10.1"
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}
shape() { echo "$(soxi -r "$1") $(soxi -c "$1")"; }

while read -r rate adts; do
    sox -R -D -n -r "$rate" -c 1 -b 16 source.wav synth 1 sine 1000 gain -12
    ffmpeg -nostdin -v error -y -i source.wav -c:a aac -b:a 48k coded.m4a
    ffmpeg -nostdin -v error -y -i coded.m4a -c:a copy coded.aac
    for kind in m4a aac; do
        faad -q -o out.wav coded.$kind
        [ $kind = m4a ] && want=$rate || want=$adts
        expect "faad, $rate Hz, $kind" "$want 2" "$(shape out.wav)"
        ffmpeg -nostdin -v error -y -i coded.$kind out.wav
        expect "ffmpeg, $rate Hz, $kind" "$rate 1" "$(shape out.wav)"
    done
done <<'LIST'
16000 32000
24000 48000
44100 44100
LIST
exit $failed
