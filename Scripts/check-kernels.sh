#!/usr/bin/env bash
# The kernels that are part of the format give the same bits on every SIMD path of this machine, and
# also when the compiler is told to contract wherever a source allows it: that they may not be
# contracted stands in the sources.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "check-kernels: $*" >&2
    exit 1
}
paths=()
for contraction in off fast-honor-pragmas; do
    # Otherwise as in Package.swift
    clang -O3 -ffp-contract=$contraction -fno-math-errno -std=c17 -ISources/CKernels/include \
        -o "$work/kernels" Tests/Architectures/kernels.c Sources/CKernels/{dispatch,inference}/*.c \
        Sources/CKernels/training/strict.c -lm
    paths=()
    for path in portable avx2 avx512 neon; do
        "$work/kernels" $path > "$work/other" 2> "$work/error" || {
            grep -q "no path" "$work/error" || fail "$path: $(cat "$work/error")"
            continue
        }
        [ -e "$work/first" ] || cp "$work/other" "$work/first"
        diff "$work/first" "$work/other" || fail "$path, contraction $contraction: other results"
        paths+=("$path")
    done
done
# What a source cannot switch off is refused.
if clang -ffast-math -std=c17 -fsyntax-only -ISources/CKernels/include \
    Sources/CKernels/dispatch/portable.c 2> "$work/error"; then
    fail "-ffast-math was accepted"
fi
grep -q "IEEE 754" "$work/error" || fail "-ffast-math: $(cat "$work/error")"
echo "kernels: $(sed -n 's/^values //p' "$work/first") values the same on ${paths[*]}," \
    "whether the compiler may contract or not"
