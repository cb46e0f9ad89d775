#!/usr/bin/env bash
# Swift 6.3.1 (Linux): objects that were compiled with -g, as SwiftPM does in release mode, differ
# from folder to folder after their debug information was stripped, and so does what is linked from
# them.
#
# Expected: code and data do not depend on the folder, so that a stripped build is reproducible;
#   debug information alone names it.
# Seen: the section .swift_modhash holds a hash of the module's intermediate code, debug information
#   included; it is data that is loaded, marked to be kept, and survives strip, --strip-all and
#   --gc-sections. Without -g, or without the section, the objects are the same.
# Matters: packages that should have the same bytes wherever they are built: take the section out
#   (objcopy --remove-section=.swift_modhash), of objects as of what was linked; nothing reads it.
#
# Output seen: with -g: differ; without the section: same; without -g: same
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
command -v swiftc > /dev/null && command -v objcopy > /dev/null || skip "needs swiftc and binutils"
swiftc --version 2> /dev/null | grep -q 'Swift version 6\.3\.1' || skip "needs Swift 6.3.1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}
# compare OPTION...: a file compiled in two folders, from there, without its debug information.
compare() {
    local folder
    for folder in one two; do
        mkdir -p "$folder"
        echo 'public func answer() -> Int { 42 }' > "$folder/x.swift"
        (cd "$folder" && swiftc -O "$@" -parse-as-library -module-name x -c x.swift -o x.o)
        strip -g "$folder/x.o"
    done
    cmp -s one/x.o two/x.o && echo same || echo differ
}
expect "with -g" differ "$(compare -g)"
for folder in one two; do objcopy --remove-section=.swift_modhash "$folder/x.o"; done
expect "without the section" same "$(cmp -s one/x.o two/x.o && echo same || echo differ)"
expect "without -g" same "$(compare)"
exit $failed
