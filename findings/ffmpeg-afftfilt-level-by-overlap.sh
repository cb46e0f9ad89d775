#!/usr/bin/env bash
# ffmpeg 5.1 (Debian 12): `afftfilt` changes the level by what overlap and window are chosen, from
# -3 to +9 dB, for expressions that leave the spectrum as it is.
#
# Expected: real='re', imag='im' is the identity at every overlap, as overlap and add of a transform
#   is divided by the sum of its windows; `overlap` is a matter of quality.
# Seen: a tone comes back at -3 dB with overlap=0.5, 0 dB with 0.75 (the default), +3 dB with 0.875,
#   all with the default window (hann); with `win_func=rect` it gains 3, 6 and 9 dB, so that sound
#   at -6 dB clips. The output is late by window times overlap (768 of 1,024 samples at 0.75), and
#   as much of its end is lost.
# Why: twice the windows in the sum are 6 dB; the filter takes off 3 dB only.
# Matters: gates, masks and noise written as expressions for this filter, compared with the source
#   or with each other at another overlap. Put `volume` behind it, measured with a tone.
#
# Output seen (dB for overlap 0.5, 0.75, 0.875): hann -3.0 0.0 3.0; rect 3.0 6.0 9.0
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 5.1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}

level() {  # FILE: RMS of the middle second, dB
    sox -D "$1" -n trim 1 1 stat 2>&1 |
        awk '/RMS +amplitude/ { printf "%.1f", 20 * log($3) / log(10) }'
}
sox -R -D -n -r 16000 -c 1 -b 32 -e float tone.wav synth 3 sine 1000 gain -30
[ "$(level tone.wav)" = -33.0 ] || skip "the tone is at $(level tone.wav) dB"
for window in hann rect; do
    gains=
    for overlap in 0.5 0.75 0.875; do
        ffmpeg -nostdin -v error -y -i tone.wav -c:a pcm_f32le -af \
            "afftfilt=real=re:imag=im:win_size=1024:overlap=$overlap:win_func=$window" out.wav
        gains+=" $(awk -v l="$(level out.wav)" 'BEGIN { printf "%.1f", l + 33 }')"
    done
    [ $window = hann ] && want=" -3.0 0.0 3.0" || want=" 3.0 6.0 9.0"
    expect "$window, overlap 0.5, 0.75, 0.875" "$want" "$gains"
done
exit $failed
