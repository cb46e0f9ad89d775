#!/usr/bin/env bash
# The tests under a sanitizer: Scripts/sanitize.sh address|thread|undefined [arguments of swift test]
# Our C and all Swift are instrumented by the first two; the undefined-behaviour sanitizer of the compiler knows C only (Swift traps by itself).
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:-}
case "$name" in
    address|thread|undefined) shift ;;
    *) sed -n '2p' "$0" >&2; exit 64 ;;
esac
Scripts/setup.sh sox
export NWC_KERNEL_FLAGS="-g -fno-omit-frame-pointer -fsanitize=$name"
# Tests of speed and of resident memory are left out where a sanitizer spoils them.
export NWC_SANITIZER=$name
flags=()
if [ "$name" = undefined ]; then
    # Traps instead of messages: the run-time library is not part of the toolchain's link.
    NWC_KERNEL_FLAGS+=" -fsanitize-trap=undefined"
else
    flags+=(-Xswiftc -g -Xswiftc -sanitize="$name")
fi
# Leaks are not looked for: Swift's metadata live for ever.
export ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export TSAN_OPTIONS=suppressions=$PWD/Scripts/thread-sanitizer.txt${TSAN_OPTIONS:+:$TSAN_OPTIONS}
swift test -c release --scratch-path ".build-$name" "${flags[@]}" "$@"
