#!/usr/bin/env bash
# elc3 of liblc3 1.0.1 and wavpack 5.6.0 (Debian 12): a rate below what the codec can do is raised
# without a word, and elc3 writes the rate that was asked for into the header.
#
# Expected: an error, or the lowest rate with a warning and the true figure in the header.
# Seen: `elc3 -b 8000` (and 4000, 12000) makes frames of 20 bytes of 10 ms, 16 kbit/s, status 0;
#   the header says 80, in units of 100 bit/s. `-b 400000` makes 320 kbit/s and says 4000.
#   `wavpack -b24` and `-b32` (kbit/s) of 16 kHz mono both make 36.6 kbit/s, as does `-b2` (bits a
#   sample).
# Matters: a curve "LC3 at 8 kbit/s" made of file names or headers is of 16 kbit/s. Take the rate
#   from the bytes of the payload, for every row of a comparison.
#
# Output seen (asked: stated by the header, made, bit/s): elc3 4000: 4000 16000; 8000: 8000 16000;
#   16000: 16000 16000; 20000: 20000 20000; 400000: 400000 320000; wavpack -b24, -b32 of the same
#   size, over 36 kbit/s
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version liblc3-tools) == 1.0.1-* ]] || skip "needs Debian's liblc3-tools 1.0.1"
[[ $(version wavpack) == 5.6.0-* ]] || skip "needs Debian's wavpack 5.6.0"
[[ $(version sox) == 14.4.2* ]] || skip "needs Debian's sox 14.4.2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}

sox -R -D -n -r 16000 -c 1 -b 16 source.wav synth 2 whitenoise lowpass 3000 gain -n -6
while read -r asked want; do
    elc3 -b "$asked" source.wav coded.lc3 >said.txt 2>&1
    # Header: the fourth 16-bit word is the rate / 100; behind 18 bytes each frame has its length.
    expect "elc3 -b $asked" "$asked $want" "$(
        python3 - <<'CODE'
import struct
data = open("coded.lc3", "rb").read()
words = struct.unpack_from("<9H", data)
at, frames, payload = words[1], 0, 0
while at < len(data):
    count = struct.unpack_from("<H", data, at)[0]
    at, frames, payload = at + 2 + count, frames + 1, payload + count
print(words[3] * 100, payload * 8 * 100 // frames)
CODE
    )"
    if grep -qi -e warn -e rate -e error said.txt; then failed=1; fi
done <<'LIST'
4000 16000
8000 16000
16000 16000
20000 20000
400000 320000
LIST
sizes=()
for rate in 2 24 32; do
    wavpack -q -y -b$rate source.wav -o coded.wv
    sizes+=($(($(stat -c %s coded.wv) * 4 / 1000)))
done
echo "wavpack -b2, -b24, -b32: ${sizes[*]} kbit/s"
[[ ${sizes[0]} == "${sizes[1]}" && ${sizes[1]} == "${sizes[2]}" && ${sizes[2]} -gt 35 ]] ||
    failed=1
exit $failed
