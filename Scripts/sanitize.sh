#!/usr/bin/env bash
# The tests under a sanitizer: Scripts/sanitize.sh address|thread|undefined [arguments of swift test]
# C and Swift are both instrumented by the first two; the undefined-behaviour sanitizer of the compiler knows C only (Swift traps by itself).
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:-}
case "$name" in
    address|thread|undefined) shift ;;
    *) sed -n '2p' "$0" >&2; exit 64 ;;
esac
Scripts/setup.sh sox
flags=(-Xcc -g -Xcc -fno-omit-frame-pointer -Xswiftc -g)
if [ "$name" = undefined ]; then
    # Traps instead of messages: the run-time library is not part of the toolchain's link.
    flags+=(-Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined)
else
    flags+=(--sanitize "$name")
fi
# Leaks are not looked for: Swift's metadata live for ever.
export ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
swift test -c release --scratch-path ".build-$name" "${flags[@]}" "$@"
