#!/usr/bin/env bash
# Format lint of all Swift sources, and the size limit of files.
set -euo pipefail
cd "$(dirname "$0")/.."
swift format lint --strict --recursive --configuration .swift-format Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Fuzzing/Package.swift Fuzzing/Sources
large=$(git ls-files -- '*.swift' '*.c' '*.h' '*.inc' '*.sh' | xargs -r du -b | awk '$1 > 25600')
if [ -n "$large" ]; then
    echo "lint: files above 25 KB:" >&2
    echo "$large" >&2
    exit 1
fi
