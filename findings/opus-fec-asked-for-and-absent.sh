#!/usr/bin/env bash
# opusenc 0.2 and ffmpeg 5.1 with libopus 1.3.1 (Debian 12): asking for loss resilience gives
# packets without any redundancy, silently.
#
# Expected: `opusenc --expect-loss 20` makes the encoder add in-band FEC (a copy of the last
#   frame, LBRR) as the telephone programs do; `ffmpeg -fec 1 -packet_loss 20` does at any rate.
# Seen: `--expect-loss` alone adds none at any rate: it sets the loss rate and never switches FEC
#   on (`--set-ctl-int 4012=1` does). With FEC on, speech at 16 kbit/s still carries none, in
#   opusenc and ffmpeg alike: below a threshold that grows with the bandwidth the encoder drops
#   it. From 24 kbit/s most packets carry it.
# Matters: a packet-loss table with "Opus with FEC at 12 or 16 kbit/s" has measured concealment
#   alone. Count the flag (first bits of the SILK frame), force a narrower band, or take 24
#   kbit/s.
#
# Output seen (packets with redundancy of 437): opusenc --expect-loss 20 at 16 and 24 kbit/s: 0;
#   with 4012=1: 0 at 16, 389 at 24; ffmpeg -fec 1: 0 at 16, 387 at 24
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
[[ $(version libopus0) == 1.3.1* ]] || skip "needs Debian's libopus0 1.3.1"
[[ $(version opus-tools) == 0.2-* ]] || skip "needs Debian's opus-tools 0.2-"
[[ $(version espeak-ng) == 1.51* ]] || skip "needs Debian's espeak-ng 1.51"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Packets of an Ogg Opus file (mono, one frame each), and how many carry redundancy: after the table
# of contents byte come one voice flag a 20-ms frame and the LBRR flag.
cat >count.py <<'CODE'
import sys
data, packets, packet, at = open(sys.argv[1], "rb").read(), [], b"", 0
while at < len(data):
    laces = data[at + 27:at + 27 + data[at + 26]]
    at += 27 + len(laces)
    for lace in laces:
        packet += data[at:at + lace]
        at += lace
        if lace < 255:
            packets.append(packet)
            packet = b""
silk = [p for p in packets[2:] if p[0] >> 3 < 16 and p[0] & 3 == 0 and len(p) > 1]
assert len(silk) > 0.9 * (len(packets) - 2), "not coded as speech"
assert all(p[0] >> 3 in (1, 5, 9, 13, 15) for p in silk), "not 20-ms frames"
print(sum(p[1] >> 6 & 1 for p in silk), len(silk))
CODE
espeak-ng -v en -w speech.wav "The quick brown fox jumps over the lazy dog, while seven wizards \
carefully mix a very good potion; nobody knows what will happen to them tomorrow morning."
failed=0
# What it must be: none = 0, many = at least a third of the packets.
check() {
    local name=$1 want=$2 with all
    read -r with all <<<"$(python3 count.py out.opus)"
    echo "$name: $with of $all packets carry redundancy"
    case $want in
    none) [ "$with" = 0 ] || failed=1 ;;
    many) [ $((3 * with)) -ge "$all" ] || failed=1 ;;
    esac
}
fec=(--set-ctl-int 4012=1)
sox -D speech.wav -r 16000 wide.wav 2>/dev/null
while read -r rate want; do
    opusenc --quiet --speech --bitrate $rate --expect-loss 20 wide.wav out.opus
    check "opusenc $rate kbit/s --expect-loss 20" none
    opusenc --quiet --speech --bitrate $rate --expect-loss 20 "${fec[@]}" wide.wav out.opus
    check "opusenc $rate kbit/s --expect-loss 20 ${fec[*]}" "$want"
    ffmpeg -nostdin -v error -y -i wide.wav -c:a libopus -application voip -b:a "${rate}k" \
        -packet_loss 20 -fec 1 out.opus
    check "ffmpeg $rate kbit/s -packet_loss 20 -fec 1" "$want"
done <<'LIST'
16 none
24 many
LIST
exit $failed
