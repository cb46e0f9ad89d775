#!/usr/bin/env bash
# Real speech through the built-in model: encode, decode, measure, draw. Results are left in demo-output/.
# Usage: Scripts/demo.sh [RECORDING]; without one, the voice clips of Debian's alsa-utils.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh alsa-utils
swift build -c release --product nwc-enc
swift build -c release --product nwc-dec
swift build -c release --product nwc-info
swift build -c release --product nwc-eval
bin=$(swift build -c release --show-bin-path)
out=demo-output
rm -rf "$out"
mkdir -p "$out"
recording=${1:-/usr/share/sounds/alsa/Front_Center.wav}
echo
echo "Recording: $recording"
for rate in 6 12 24; do
    echo
    echo "=== $rate kbit/s"
    "$bin/nwc-enc" --bitrate "$rate" "$recording" -o "$out/speech-$rate.nwc"
    "$bin/nwc-dec" "$out/speech-$rate.nwc" -o "$out/speech-$rate.wav"
    "$bin/nwc-eval" score "$recording" "$out/speech-$rate.wav"
done
echo
"$bin/nwc-info" "$out/speech-12.nwc"
"$bin/nwc-eval" spectrogram "$out/spectrograms.png" "$recording" "$out/speech-6.wav" "$out/speech-12.wav" "$out/speech-24.wav"
echo
echo "Listen to $out/speech-*.wav; spectrograms of original and decoded speech: $out/spectrograms.png"
