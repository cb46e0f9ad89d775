#!/usr/bin/env bash
# Real speech through the built-in model, and a stereo sound through the full-band one: encode, decode,
# measure, draw. Results are left in demo-output/, with what building said in demo-output/build.log.
# Usage: Scripts/demo.sh [RECORDING]; without one, the voice clips of Debian's alsa-utils.
set -euo pipefail
cd "$(dirname "$0")/.."
out=demo-output
rm -rf "$out"
mkdir -p "$out"
log=$out/build.log
# Runs a command whose words go to the log; on a terminal its last count ([12/345]) is shown meanwhile. If it fails, its last words are shown.
quietly() {
    "$@" >> "$log" 2>&1 &
    local job=$!
    while [ -t 1 ] && kill -0 "$job" 2> /dev/null; do
        printf '\r%-12s\r' "$(tail -n 1 "$log" | grep -o '^\[[0-9/]*\]' || true)"
        sleep 0.5
    done
    wait "$job" || {
        tail -n 25 "$log" >&2
        echo "demo: $* failed; all it said is in $log" >&2
        exit 1
    }
}
echo "Packages: looking what is missing"
quietly Scripts/setup.sh alsa-utils sound-theme-freedesktop
programs=(nwc-enc nwc-dec nwc-info nwc-eval)
echo "Building ${programs[*]} (the first time takes some minutes, on two cores five and more; log: $log)"
for program in "${programs[@]}"; do quietly swift build -c release --product "$program"; done
bin=$(swift build -c release --show-bin-path)
bin=${bin#"$PWD"/}
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
bell=/usr/share/sounds/freedesktop/stereo/alarm-clock-elapsed.oga
echo
echo "=== model audio, stereo, 96 kbit/s: $bell"
"$bin/nwc-enc" --model audio --bitrate 96 "$bell" -o "$out/bell-96.nwc"
"$bin/nwc-dec" "$out/bell-96.nwc" -o "$out/bell-96.wav"
"$bin/nwc-eval" spectrogram "$out/bell.png" "$bell" "$out/bell-96.wav" --mode audio
echo
"$bin/nwc-info" "$out/speech-12.nwc"
"$bin/nwc-eval" spectrogram "$out/spectrograms.png" "$recording" "$out/speech-6.wav" "$out/speech-12.wav" "$out/speech-24.wav"
"$bin/nwc-eval" rate "$out/bits.png" "$out/speech-12.nwc"
echo
echo "Listen to $out/speech-*.wav and $out/bell-96.wav. Spectrograms of originals and decoded sound: $out/spectrograms.png, $out/bell.png."
echo "What the bits went to: $out/bits.png."
"$bin/nwc-eval" judges > "$out/judges.txt"
if grep -q '^PESQ-WB .*not there' "$out/judges.txt"; then
    echo "For PESQ, ViSQOL and P.808 as well: $bin/nwc-eval judges --install, then make demo again."
fi
