#!/usr/bin/env bash
# codec2 1.0.5 (Debian 12): two decoders in one process are not independent.
#
# Expected: `codec2_create` gives a state of its own, so a fresh decoder fed the same frames gives
#   the same samples, in whatever order and thread decoders run.
# Seen: the second decoder of a process gives other samples than the first (98 % of them differ,
#   on real speech the difference is 18 to 22 dB below the signal); each PROGRAM run gives the
#   same bytes.
# Why: the phases of unvoiced harmonics come from one generator of random numbers with a static
#   state in the library, which `codec2_create` does not reset.
# Matters: a bench that decodes many files in one process (any binding: Python, C, Rust) gets
#   results that hang on the order of the files and on its threads. Run `c2dec`, one process a
#   file, where results must repeat.
#
# Output seen: 3200 first process = second process: True; first decoder = second decoder: False;
#   the same for 1300 and 700C; signal to difference 2 to 4 dB on the sound made here
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version libcodec2-1.0) == 1.0.5* ]] || skip "needs Debian's libcodec2-1.0 1.0.5"
command -v python3 >/dev/null || skip "needs python3"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >decode.py <<'CODE'
import array, ctypes, math, sys

library = ctypes.CDLL("libcodec2.so.1.0")
library.codec2_create.restype = ctypes.c_void_p
for name in ("samples_per_frame", "bits_per_frame", "destroy"):
    getattr(library, "codec2_" + name).argtypes = [ctypes.c_void_p]
for name in ("encode", "decode"):
    getattr(library, "codec2_" + name).argtypes = [ctypes.c_void_p] + 2 * [ctypes.c_char_p]

# Three seconds like speech: pulses at 110 Hz, noise in between, a slow envelope; 8 kHz, 16 bits.
state, samples = 1, array.array("h")
for n in range(24000):
    state = (state * 1103515245 + 12345) % 2**31
    noise = state / 2**31 - 0.5
    pulse = 1.0 if n % 73 == 0 else 0.0
    envelope = 0.5 - 0.5 * math.cos(2 * math.pi * n / 4000)
    samples.append(round(9000 * envelope * (pulse + (0.4 if n // 2000 % 2 else 0.05) * noise)))

def frames(mode):
    coder = library.codec2_create(mode)
    step = library.codec2_samples_per_frame(coder)
    size = (library.codec2_bits_per_frame(coder) + 7) // 8
    for start in range(0, len(samples) - step + 1, step):
        packet = ctypes.create_string_buffer(size)
        library.codec2_encode(coder, packet, samples[start:start + step].tobytes())
        yield packet.raw
    library.codec2_destroy(coder)

def decoded(mode, packets):
    decoder = library.codec2_create(mode)
    step = library.codec2_samples_per_frame(decoder)
    sound = array.array("h")
    for packet in packets:
        frame = ctypes.create_string_buffer(2 * step)
        library.codec2_decode(decoder, frame, packet)
        sound.frombytes(frame.raw)
    library.codec2_destroy(decoder)
    return sound

mode = int(sys.argv[1])
packets = list(frames(mode))
assert packets == list(frames(mode)), "two encoders differ"
first, second = decoded(mode, packets), decoded(mode, packets)
difference = sum((a - b) ** 2 for a, b in zip(first, second))
with open(sys.argv[2], "wb") as file:
    file.write(first.tobytes())
print("second decoder of the process equal:", difference == 0)
if difference:
    ratio = 10 * math.log10(sum(a * a for a in first) / difference)
    print(f"  signal to difference {ratio:.1f} dB", file=sys.stderr)
CODE

failed=0
for mode in 0 4 8; do # 3200, 1300, 700C
    got=$(python3 decode.py $mode a.raw)
    python3 decode.py $mode b.raw >/dev/null 2>&1
    cmp -s a.raw b.raw && same=True || same=False
    echo "mode $mode: second process equal: $same; $got"
    [ "$same" = True ] && [ "$got" = "second decoder of the process equal: False" ] || failed=1
done
exit $failed
