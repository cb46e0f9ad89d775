#!/usr/bin/env bash
# Makes a training set of music from Debian packages: pieces composed by rules
# (music-composer.awk), played by fluidsynth with the instruments of two MIT-licensed SoundFonts.
#   Scripts/music-corpus.sh FOLDER [MINUTES [SEED]]     default: 24 minutes, seed 1
# Stereo FLAC of 16 bits and about 30 s each, 44.1 and 48 kHz by turns, at levels of -12 to -1 dBFS,
# and manifest.tsv with seed, style, SoundFont, packages and licence of each. Pieces that are there
# are left alone, so a stopped run goes on. The same seed gives the same samples with the same
# versions of the packages. fluidsynth begins notes on a grid of 64 samples; nothing is recorded.
set -euo pipefail
if [ $# -lt 1 ] || [ $# -gt 3 ]; then
    echo "usage: Scripts/music-corpus.sh FOLDER [MINUTES [SEED]]" >&2
    exit 64
fi
folder=$1
minutes=${2:-24}
seed=${3:-1}
for value in "$minutes" "$seed"; do
    case $value in
    '' | *[!0-9]* | ??????*)
        echo "music-corpus: MINUTES and SEED are whole numbers below 100000, not '$value'" >&2
        exit 64
        ;;
    esac
done
if [ "$minutes" -lt 1 ]; then
    echo "music-corpus: $minutes minutes: at least 1" >&2
    exit 64
fi
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cd "$(dirname "$0")"
./setup.sh fluidsynth fluid-soundfont-gm musescore-general-soundfont-lossless sox flac mawk \
    libsox-fmt-base
export LC_ALL=C

# Makes one piece; prints its line of the manifest.
piece() {
    number=$1
    name=$(printf 'piece-%05d' "$number")
    if [ $((number % 2)) -eq 0 ]; then
        font=FluidR3_GM package=fluid-soundfont-gm
    else
        font=MuseScore_General_Full package=musescore-general-soundfont-lossless
    fi
    if [ $((number / 2 % 2)) -eq 0 ]; then rate=44100; else rate=48000; fi
    level=$((number * 7 % 12 + 1))
    work=$(mktemp -d)
    style=$(mawk -v seed="$number" -v seconds=30 -f music-composer.awk 2>&1 > "$work/piece.mid")
    if [ ! -f "$folder/$name.flac" ]; then
        if ! fluidsynth -niq -g 0.3 -r "$rate" -T wav -O float -F "$work/piece.wav" \
            "/usr/share/sounds/sf2/$font.sf2" "$work/piece.mid" > "$work/log" 2>&1 ||
            ! sox -V1 -D "$work/piece.wav" -b 16 "$work/piece.flac" norm "-$level" 2>> "$work/log"
        then
            cat "$work/log" >&2
            rm -rf "$work"
            return 1
        fi
        mv "$work/piece.flac" "$folder/$name.flac"
    fi
    version() { dpkg-query -W -f '${Version}' "$1"; }
    printf '%s\t%s\t%s\t%s\tfluidsynth %s, %s %s\tMIT\n' "$name.flac" "$number" "$style" \
        "$font" "$(version fluidsynth)" "$package" "$(version "$package")"
    rm -rf "$work"
}
export -f piece
export folder
first=$((seed * 10000))
count=$((minutes * 2))
{
    printf 'path\tseed\tstyle\tsoundfont\tmade with\tlicence\n'
    seq "$first" $((first + count - 1)) | xargs -P "$(nproc)" -I {} bash -c 'set -e; piece {}' | sort
} > "$folder/manifest.tsv.part"
mv "$folder/manifest.tsv.part" "$folder/manifest.tsv"
echo "music-corpus: $folder: $count pieces, $(du -sh "$folder" | cut -f 1)" >&2
