#!/usr/bin/env bash
# Makes sound files of all kinds with the tools that people use, reads each as a file and through a pipe, codes and decodes it, and checks
# length and content against the source and other decoders. Writes what happened into the table of Docs/inputs.md. About two minutes.
#   Scripts/check-inputs.sh [WORD]    # only the rows in which the word occurs; the document stays
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh python3 alsa-utils sox libsox-fmt-all lame mpg123 ffmpeg opus-tools vorbis-tools flac speex wavpack sbc-tools \
    gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good
for product in nwc-enc nwc-dec sound-dump; do swift build -c release --product "$product"; done
bin=$(swift build -c release --show-bin-path)
exec /usr/bin/python3 Scripts/check-inputs.py "$bin" Docs/inputs.md "$@"
