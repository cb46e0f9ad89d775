#!/usr/bin/env bash
# SwiftPM 6.3.1: the archive of a static library product keeps the objects of files, targets and
# packages that are no longer part of it.
#
# Expected: `swift build` after a source file was removed gives an archive of what is left, as it
#   does for executables and dynamic libraries.
# Seen: the archive is updated in place (`ar crs`): the object of the removed file stays in it, with
#   its symbols, until the build folder is deleted. Nothing is said.
# Matters: who links with --whole-archive, or finds a function in the archive that was deleted from
#   the sources, links code that does not exist any more, and what that code needs. The list that
#   SwiftPM writes beside it (PRODUCT.product/Objects.LinkFileList) is right.
#
# Output seen: first build: a.c.o b.c.o; b.c removed: archive a.c.o b.c.o, list a.c.o
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
command -v swift >/dev/null && command -v ar >/dev/null || skip "needs swift and ar"
[[ $(swift --version 2>&1) == *"Swift version 6.3.1 "* ]] || skip "needs Swift 6.3.1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p Sources/CLib/include
echo 'int a(void); int b(void);' >Sources/CLib/include/lib.h
echo 'int a(void) { return 1; }' >Sources/CLib/a.c
echo 'int b(void) { return 2; }' >Sources/CLib/b.c
cat >Package.swift <<'CODE'
// swift-tools-version: 6.2
import PackageDescription
let package = Package(
    name: "library",
    products: [.library(name: "Lib", type: .static, targets: ["CLib"])],
    targets: [.target(name: "CLib")]
)
CODE
build() { swift build -c release --cache-path "$work/cache" >log 2>&1 || { cat log >&2; exit 1; }; }
archive() { ar t "$(find .build/ -name libLib.a | head -n 1)" | sort | paste -sd ' '; }
build
first=$(archive)
sleep 1
rm Sources/CLib/b.c
build
second=$(archive)
list=$(find .build/ -name Objects.LinkFileList -path '*Lib.product*' | head -n 1)
listed=$(sed 's:.*/::' "$list" | sort | paste -sd ' ')
echo "first build: $first; b.c removed: archive $second, list $listed"
[ "$first" = "a.c.o b.c.o" ] && [ "$second" = "a.c.o b.c.o" ] && [ "$listed" = a.c.o ]
