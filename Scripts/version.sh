#!/usr/bin/env bash
# Prints the version, or the time that a distribution has (seconds of the last commit, or SOURCE_DATE_EPOCH): Scripts/version.sh [time]
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in
'') sed -n 's/.*static let text = "\([0-9.]*\)"$/\1/p' Sources/CMRLCodec/LibraryVersion.swift ;;
time) echo "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}" ;;
*)
    echo "usage: Scripts/version.sh [time]" >&2
    exit 64
    ;;
esac
