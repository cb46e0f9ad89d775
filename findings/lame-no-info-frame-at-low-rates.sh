#!/usr/bin/env bash
# LAME 3.100 (Debian 12): at constant rates for speech the file has no Info frame, so that no
# decoder can take off the delay and the padding; there is no message.
#
# Expected: LAME writes the Info frame with delay and padding unless `-t` is given, and LAME, ffmpeg
#   and mpg123 then give the source's length, in place.
# Seen: the frame must hold the whole header, and frames of few bytes do not: of mono at 16 kHz 32
#   kbit/s has none and 40 kbit/s has one; at 24 kHz 56 none, 64 one; at 44.1 kHz 48 none, 56 one.
#   The variable rates (-V) always have one. Without it the sound is 1,105 samples late in ffmpeg
#   and mpg123 (69 ms at 16 kHz), 576 in `lame --decode`, and 900 to 1,700 too long.
# Matters: a rate curve of MP3 whose lowest points are not aligned and all others are; durations of
#   audio books and prompts. Measure the delay of each file, not of the codec once.
#
# Output seen (samples more, lag): 16000 -b 32: lame 879 576, ffmpeg and mpg123 1408 1105; 24000 -b
#   56: 1007 576, 1536 1105; 44100 -b 48: 1127 576, 1656 1105; 16000 -b 40, 16000 -V 9, 24000 -b 64,
#   44100 -b 56: 0 0 in all
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version lame) == 3.100-6* ]] || skip "needs Debian's lame 3.100-6"
[[ $(version mpg123) == 1.31.2-* ]] || skip "needs Debian's mpg123 1.31.2-"
[[ $(version ffmpeg) == 7:5.1.* ]] || skip "needs Debian's ffmpeg 7:5.1."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Two seconds of silence with one burst of noise of 400 samples in the middle.
cat >burst.py <<'CODE'
import random, struct, sys, wave
rate = int(sys.argv[1])
random.seed(1)
samples = [0] * (2 * rate)
level = 0.0
for i in range(400):
    level += 0.4 * (random.uniform(-20000, 20000) * (1 - abs(i - 200) / 200) - level)
    samples[rate + i] = int(level)
with wave.open(sys.argv[2], "wb") as file:
    file.setparams((1, 2, rate, 0, "NONE", ""))
    file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
CODE
# Samples more than the source has, and the lag at which the burst fits best.
cat >lag.py <<'CODE'
import array, sys, wave
def read(name):
    with wave.open(name) as file:
        return array.array("h", file.readframes(file.getnframes()))
source, decoded = read("in.wav"), read("out.wav")
burst = range(len(source) // 2, len(source) // 2 + 400)
fit = lambda lag: sum(source[i] * decoded[i + lag] for i in burst)
print(len(decoded) - len(source), max(range(-100, 1500), key=fit))
CODE
failed=0
while read -r rate info options; do
    python3 burst.py "$rate" in.wav
    # shellcheck disable=SC2086
    lame --quiet --resample "$rate" $options in.wav out.mp3 2>/dev/null
    has=none
    if head -c 400 out.mp3 | grep -qaE 'Info|Xing'; then has=some; fi
    lame --quiet --decode out.mp3 out.wav
    ours=$(python3 lag.py)
    ffmpeg -nostdin -v error -y -i out.mp3 out.wav
    theirs=$(python3 lag.py)
    mpg123 -q -w out.wav out.mp3 2>/dev/null
    echo "$rate $options: header $has; more, lag: lame $ours, ffmpeg $theirs," \
        "mpg123 $(python3 lag.py)"
    case $info in
    none) [[ $has == none && $ours == *" 576" && $theirs == *" 1105" ]] || failed=1 ;;
    some) [[ $has == some && $ours == "0 0" && $theirs == "0 0" ]] || failed=1 ;;
    esac
done <<'LIST'
16000 none -b 32
16000 some -b 40
16000 some -V 9
24000 none -b 56
24000 some -b 64
44100 none -b 48
44100 some -b 56
LIST
exit $failed
