#!/usr/bin/env bash
# The Python binding as a wheel with the C library inside: Scripts/wheel.sh FOLDER.
# The builder, and auditwheel, which names the oldest C library that the wheel works with, come from
# PyPI into an environment of their own.
set -euo pipefail
target=${1:?usage: Scripts/wheel.sh FOLDER}
mkdir -p "$target"
target=$(cd "$target" && pwd)
cd "$(dirname "$0")/.."
Scripts/setup.sh python3 python3-venv patchelf
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make --no-print-directory -s .build/stage/lib/nwc.pc
python3 -m venv "$work/environment"
"$work/environment/bin/pip" install -q auditwheel==6.4.2 setuptools==80.9.0 wheel
mkdir -p "$work/tree/Sources/CMRLCodec" "$work/tree/Bindings"
cp Sources/CMRLCodec/LibraryVersion.swift "$work/tree/Sources/CMRLCodec/"
cp -r Bindings/python "$work/tree/Bindings/"
cp .build/stage/lib/libnwc.so.*.*.* "$work/tree/Bindings/python/nwc/libnwc.so.0"
"$work/environment/bin/pip" wheel -q --no-deps --no-build-isolation -w "$work/wheel" \
    "$work/tree/Bindings/python"
rm -f "$target"/nwc-*.whl
"$work/environment/bin/auditwheel" repair -w "$target" "$work"/wheel/nwc-*.whl > "$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
}
ls -l "$target"/nwc-*.whl
