#!/usr/bin/env bash
# Format of all Swift sources, width of lines, size of files; the manifest against the imports;
# documents against what they point at.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh python3
fail() {
    echo "lint: $1:" >&2
    echo "$2" >&2
    exit 1
}
swift format lint --strict --recursive --configuration .swift-format Package.swift Sources Tests \
    Benchmarks/Package.swift Benchmarks/Sources Fuzzing/Package.swift Fuzzing/Sources
long=$(git ls-files -- '*.swift' '*.c' '*.h' '*.inc' |
    LC_ALL=C.UTF-8 xargs grep -nP '^.{101,}$' | cut -c 1-150 || true)
[ -z "$long" ] || fail "lines above 100 columns" "$long"
large=$(git ls-files -- '*.swift' '*.c' '*.h' '*.inc' '*.sh' | xargs -r du -b | awk '$1 > 25600')
[ -z "$large" ] || fail "files above 25 KB" "$large"
Scripts/check-manifest.py
Scripts/check-docs.py
echo "lint: $(git ls-files -- '*.swift' '*.c' '*.h' '*.inc' '*.sh' | wc -l) files: nothing found"
