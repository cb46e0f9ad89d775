#!/usr/bin/env bash
# ffmpeg 5.1 (Debian 12): `-ac 1` and `-ac 2` change the level, and by how much hangs on the
# sample format of the OUTPUT.
#
# Expected: a stereo recording with the same sound left and right keeps its level when it is made
#   mono ((L + R) / 2), whatever the sample format; a mono recording keeps its level when it is
#   made stereo (the sample is repeated).
# Seen: stereo to mono gives (L + R) / 2 for integer samples (pcm_s16le, flac, libopus) but
#   0.7071 (L + R), 3 dB more, for float samples (pcm_f32le, aac, libvorbis), so that full-scale
#   sound overshoots or clips. Mono to stereo multiplies by 0.7071 in both: mono, stereo, mono
#   again is 3 dB down.
# Why: the mixing matrix is made for equal power and normalised only where the samples are
#   integers (`rematrix_maxval` of the resampler: 1.0 there, no limit for float).
# Matters: the same command line with `-f s16le` and `-f f32le`, or with another codec behind it,
#   feeds a bench with signals 3 dB apart; judges of absolute level (DNSMOS, loudness) and gains
#   compared by SNR see it. `-af pan=mono|c0=0.5*c0+0.5*c1` and `pan=stereo|c0=c0|c1=c0` say it.
#
# Output seen (RMS, source 0.35):
#   stereo to mono: pcm_s16le 0.35, flac 0.35, pcm_f32le 0.50, libvorbis 0.50
#   mono to stereo: pcm_s16le 0.25, pcm_f32le 0.25; mono to stereo to mono: pcm_s16le 0.25
#   pan: pcm_f32le 0.35
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1.*, not '$(version ffmpeg)'"
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

level() {
    ffmpeg -nostdin -v error -i "$1" -c:a pcm_f32le -f wav - 2>/dev/null |
        sox -t wav - -n stat 2>&1 | awk '/^RMS     amplitude/ { printf "%.2f", $3 }'
}
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}

sox -R -D -n -r 16000 -c 1 -b 16 mono.wav synth 2 sine 440 gain -6
sox -D mono.wav -c 2 stereo.wav remix 1 1
expect "source, mono" 0.35 "$(level mono.wav)"
expect "source, stereo" 0.35 "$(level stereo.wav)"
while read -r codec name want; do
    ffmpeg -nostdin -v error -y -i stereo.wav -ac 1 -c:a "$codec" "$name"
    expect "stereo to mono, $codec" "$want" "$(level "$name")"
done <<'LIST'
pcm_s16le m16.wav 0.35
flac m.flac 0.35
pcm_f32le m32.wav 0.50
libvorbis m.ogg 0.50
LIST
for codec in pcm_s16le pcm_f32le; do
    ffmpeg -nostdin -v error -y -i mono.wav -ac 2 -c:a "$codec" s.wav
    expect "mono to stereo, $codec" 0.25 "$(level s.wav)"
done
ffmpeg -nostdin -v error -y -i mono.wav -ac 2 there.wav
ffmpeg -nostdin -v error -y -i there.wav -ac 1 back.wav
expect "mono to stereo to mono, pcm_s16le" 0.25 "$(level back.wav)"
ffmpeg -nostdin -v error -y -i stereo.wav -af 'pan=mono|c0=0.5*c0+0.5*c1' -c:a pcm_f32le pan.wav
expect "pan, pcm_f32le" 0.35 "$(level pan.wav)"
exit $failed
