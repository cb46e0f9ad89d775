#!/usr/bin/env bash
# Installs the Debian packages with the codecs that nwc-eval compares nwc with: those named in Sources/CodecComparison/Peers/*.json.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=$(sed -n 's/^ *"packages": \[\(.*\)\],$/\1/p' Sources/CodecComparison/Peers/*.json | tr -d '"' | tr ',' '\n' | tr -d ' ' | sort -u)
# shellcheck disable=SC2086
exec Scripts/setup.sh $packages
