#!/usr/bin/env bash
# swiftc 6.3.1: `-Xlinker` options go behind all inputs, so that those which act on the inputs that
# follow them (--whole-archive, --start-group, --as-needed, -Bstatic) act on nothing.
#
# Expected: as with clang, options and inputs reach the linker in the order of the command line:
#   `-Xlinker --whole-archive lib.a -Xlinker --no-whole-archive` takes all of lib.a.
# Seen: exit status 0, and not one function of lib.a is in the shared library: the linker gets
#   `lib.a ... --whole-archive --no-whole-archive`. The same line with clang has them.
# Matters: a shared library of several archives that is linked by swiftc loads, and lacks functions
#   that only its users ask for. Give objects instead of archives, archives as
#   `-Xlinker lib.a` too, or link with clang.
#
# Output seen: swiftc: 0 of 1; swiftc with -Xlinker lib.a: 1 of 1; clang: 1 of 1
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
command -v swiftc >/dev/null && command -v nm >/dev/null || skip "needs swiftc and nm"
[[ $(swiftc --version 2>&1) == *"Swift version 6.3.1 "* ]] || skip "needs Swift 6.3.1"
clang=$(dirname "$(readlink -f "$(command -v swiftc)")")/clang
[ -x "$clang" ] || skip "needs the clang of Swift's toolchain"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo 'int wanted(void) { return 1; }' >lib.c
echo 'public func other() -> Int { 2 }' >other.swift
"$clang" -fPIC -c lib.c
ar crs lib.a lib.o
count() { nm -D --defined-only "$1" | grep -c ' wanted$' || true; }
swiftc -emit-library other.swift -o plain.so -Xlinker --whole-archive lib.a \
    -Xlinker --no-whole-archive
swiftc -emit-library other.swift -o ordered.so -Xlinker --whole-archive -Xlinker lib.a \
    -Xlinker --no-whole-archive
"$clang" -shared -o clang.so -Wl,--whole-archive lib.a -Wl,--no-whole-archive
echo "swiftc: $(count plain.so) of 1; swiftc with -Xlinker lib.a: $(count ordered.so) of 1;" \
    "clang: $(count clang.so) of 1"
[ "$(count plain.so)$(count ordered.so)$(count clang.so)" = 011 ]
