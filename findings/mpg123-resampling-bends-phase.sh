#!/usr/bin/env bash
# mpg123 1.31.2 (Debian 12): `mpg123 -r RATE`, with the default "fine" resampler, gives sound that
# is late by an amount that grows with frequency: no shift makes it fit the source.
#
# Expected: a windowed sinc, lag 0, as with ffmpeg, SoX and soxr, and as `mpg123` without `-r`,
#   which gives the source's samples in place.
# Seen: 48 to 16 kHz: 4.03 samples late at 500 Hz, 4.2 at 3 kHz, 5.2 at 6 kHz; levels are right to
#   0.03 dB up to 6 kHz, and -9 dB at 7 kHz. At the best shift the SNR is 9.6 dB for noise of 0.2 to
#   5.6 kHz. 16 to 48 kHz: 11.2 to 11.7 samples late. The length is right, so the last of the sound
#   is lost.
# Why: the resampler is made for low latency, and its delay is not taken off.
# Matters: MP3 references or peers brought to the codec's rate by the decoder: PESQ and ears notice
#   nothing, SNR, SI-SDR and pairs for training are ruined. Decode at the file's own rate and
#   convert with soxr or SoX.
#
# Output seen (delay in samples at 500, 3000, 6000 Hz): 48000 to 16000 4.04 4.23 5.23; 16000 to
#   48000 11.25 11.83 14.77; without -r 0.00
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version mpg123) == 1.31.2* ]] || skip "needs Debian's mpg123 1.31.2"
[[ $(version lame) == 3.100* ]] || skip "needs Debian's lame 3.100"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 - <<'CODE'
import array, cmath, math, subprocess, sys, wave

def write(name, rate, frequency):
    with wave.open(name, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array.array("h", [
            round(8000 * math.sin(2 * math.pi * frequency * i / rate))
            for i in range(3 * rate)]).tobytes())

def phase(name, frequency):
    with wave.open(name) as file:
        rate = file.getframerate()
        samples = array.array("h", file.readframes(file.getnframes()))
    return cmath.phase(sum(samples[i] * cmath.exp(-2j * math.pi * frequency * i / rate)
                           for i in range(rate, 2 * rate)) * 1j)

def delay(source, target, frequency, near):
    """In samples of the output; turns of the phase are counted from the one that is near."""
    write("in.wav", source, frequency)
    bits = "320" if source > 24000 else "160"
    subprocess.run(["lame", "--quiet", "-b", bits, "in.wav", "x.mp3"], check=True)
    forced = ["-r", str(target)] if target != source else []
    subprocess.run(["mpg123", "-q", *forced, "-w", "out.wav", "x.mp3"], check=True)
    period = target / frequency
    late = -phase("out.wav", frequency) / (2 * math.pi) * period
    return late + period * round((near - late) / period)

as_described = True
for source, target, wanted in ((48000, 16000, (4.04, 4.22, 5.22)),
                               (16000, 48000, (11.25, 11.83, 14.77)), (48000, 48000, (0, 0, 0))):
    found = [delay(source, target, f, near)
             for f, near in zip((500, 3000, 6000), wanted)]
    print(f"{source} to {target}", *(f"{one:.2f}" for one in found))
    as_described &= all(abs(a - b) < 0.1 for a, b in zip(found, wanted))
sys.exit(not as_described)
CODE
