#!/usr/bin/env bash
# ffmpeg 5.1 (Debian 12): its own AMR-NB decoder loses most of a recording with pauses (DTX), speech
# behind the pauses included, and exits 0.
#
# Expected: frames of comfort noise and frames without data (RFC 4867, types 8 and 15) stand for 20
#   ms each; a decoder that does not make noise gives silence for them.
# Seen: they are "corrupt" or "not implemented" and dropped, and the time with them: 601 frames of
#   four bursts and four pauses become 232, where libopencore_amrnb, in the same ffmpeg, gives
#   all 601. Which decoder is the default depends on the build: Debian's takes the native one,
#   also where opencore is there.
# Matters: voice messages and call recordings in AMR and 3GP: name the decoder
#   (`-c:a libopencore_amrnb` in front of `-i`), and count the frames of the file.
#
# Output seen: native 232 of 601 frames, status 0; opencore 601 of 601 frames, status 0
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
[[ $(version libavcodec-extra59) == 7:5.1.* ]] || skip "needs Debian's libavcodec-extra59"
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# A second of a buzz that changes, two seconds of very soft noise, four times.
sox -R -D -n -r 8000 -c 1 -b 16 voice.wav synth 1 saw 120-180 tremolo 4 80 gain -3 lowpass 2000 gain -n -6
sox -R -D -n -r 8000 -c 1 -b 16 pause.wav synth 2 whitenoise gain -n -70
sox -D voice.wav pause.wav voice.wav pause.wav voice.wav pause.wav voice.wav pause.wav in.wav
ffmpeg -nostdin -v error -y -i in.wav -c:a libopencore_amrnb -b:a 12.2k -dtx 1 in.amr
frames() {
    local status=0
    ffmpeg -nostdin -v quiet -c:a "$1" -i in.amr -f s16le -y out.raw || status=$?
    echo "$(($(stat -c %s out.raw) / 320)) of 601 frames, status $status"
}
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}
expect native "232 of 601 frames, status 0" "$(frames amrnb)"
expect opencore "601 of 601 frames, status 0" "$(frames libopencore_amrnb)"
exit $failed
