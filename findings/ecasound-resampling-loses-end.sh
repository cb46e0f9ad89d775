#!/usr/bin/env bash
# ecasound 2.9.3 (Debian 12): with an input through `resample` the last, incomplete buffer of every
# file is lost; with a large buffer that is a third of a file of 3 s.
#
# Expected: as without `resample`, where ecasound writes the last buffer in part, to the sample.
# Seen: 3 s to 8 kHz have 23552 samples of 24000 with the default buffer of 1024, 16384 with -b:8192
#   (what is a setting for speed elsewhere), 23936 with -b:64. It happens with equal rates as well.
#   Status 0, nothing is said.
# Matters: rates changed inside an ecasound chain: ends of words are missing, lengths do not match,
#   and by how much is set by an option that looks like a matter of latency. Convert before, or
#   append a buffer of silence.
#
# Output seen (samples of 24000): default 23552; -b:8192 16384; -b:64 23936; without resample 48000
#   of 48000
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ecasound) == 2.9.3-* ]] || skip "needs Debian's ecasound 2.9.3"
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME=$work
failed=0
expect() {
    echo "$1 $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}
convert() {
    rm -f out.wav
    ecasound -q "$@" -o:out.wav > log 2>&1
    soxi -s out.wav
}
sox -R -D -n -r 16000 -c 1 -b 16 in.wav synth 3 whitenoise gain -n -12
expect "default" 23552 "$(convert -f:s16_le,1,8000 -i:resample,auto,in.wav)"
expect "-b:8192" 16384 "$(convert -b:8192 -f:s16_le,1,8000 -i:resample,auto,in.wav)"
expect "-b:64" 23936 "$(convert -b:64 -f:s16_le,1,8000 -i:resample,auto,in.wav)"
expect "without resample" 48000 "$(convert -f:s16_le,1,16000 -i:in.wav)"
exit $failed
