#!/usr/bin/env bash
# swiftc 6.3.1 on Linux: objects that were compiled without -static-stdlib do not link with it.
#
# Expected: which run time is taken is a matter of the link alone, as with -static-libgcc of gcc:
#   objects of `swiftc -c` link with `swiftc -static-stdlib` as they do without.
# Seen: more than 1,000 undefined references from Foundation's archives (to _FoundationCollections,
#   _FoundationCShims, ICU). Objects carry the names of the libraries to link, from the modules that
#   they were compiled against, and those of the shared libraries do not name what these are made of.
# Matters: a linker setting of a package is not enough. Compile with -static-stdlib too
#   (`swift build --static-swift-stdlib`), or name the archives:
#   -l_FoundationCollections -l_FoundationCShims -lFoundationInternationalization -l_FoundationICU
#   -lCoreFoundation, with lld, since no order of them suits gold.
#
# Output seen: compiled without: undefined references; compiled with: 0.5 /a; archives named: 0.5 /a
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
command -v swiftc >/dev/null || skip "needs swiftc"
[[ $(swiftc --version 2>&1) == *"Swift version 6.3.1 "* ]] || skip "needs Swift 6.3.1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > main.swift <<'SWIFT'
import Foundation
print(String(format: "%.1f", 0.5), URL(fileURLWithPath: "/a").path)
SWIFT
swiftc -c main.swift -o without.o
swiftc -static-stdlib -c main.swift -o with.o
swiftc -static-stdlib with.o -o with 2>/dev/null
if swiftc -static-stdlib without.o -o without 2>log; then without=links; else without="no link"; fi
if grep -q 'undefined reference' log; then without="undefined references"; fi
swiftc -static-stdlib without.o -o named -use-ld=lld -lswiftSynchronization \
    -l_FoundationCollections -l_FoundationCShims -lFoundationInternationalization \
    -l_FoundationICU -lCoreFoundation 2>/dev/null
with=$(./with)
named=$(./named)
echo "compiled without: $without; compiled with: $with; archives named: $named"
[ "$without;$with;$named" = "undefined references;0.5 /a;0.5 /a" ]
