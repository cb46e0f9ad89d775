#!/usr/bin/env bash
# A statically linked Swift program (swiftc -static-executable) aborts before its first line where /proc is not mounted.
#
# Expected: a program without any library runs in an empty root: chroot, initramfs, a container or sandbox without /proc, as static programs of C do.
# Seen, Swift 6.3.1, Debian 12, x86-64: "Unable to obtain Swift runtime path", abort (status 134), for a program that prints one word; with /proc mounted
# there it runs, and with SWIFT_ROOT set to any name; SWIFT_BACKTRACE=enable=no does not help. A static program of C runs without /proc.
# Matters: sandboxes for decoders of hostile files often hide /proc; a static decoder in Swift cannot live there.
set -euo pipefail
skip() { echo "skipped: $*" >&2; exit 77; }
command -v swiftc > /dev/null || skip "needs swiftc"
[[ $(swiftc --version 2> /dev/null) == *"Swift version 6.3.1"* ]] || skip "needs Swift 6.3.1"
command -v gcc > /dev/null || skip "needs gcc"
unshare -r -m true 2> /dev/null || skip "needs user namespaces"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p root/proc
echo 'print("hello")' > hello.swift
swiftc -O -static-executable -o root/swift hello.swift 2> /dev/null
printf '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n' > hello.c
gcc -static -o root/c hello.c
# run NAME [proc]: status and what it says in the empty root
run() {
    local status=0 mount=:
    [ "${2:-}" != proc ] || mount='mount --rbind /proc root/proc'
    text=$(unshare -r -m sh -ec "$mount; exec chroot root /$1" 2>&1) || status=$?
    echo "$1${2:+ with /proc}: status $status: $text"
    [ "$status $text" = "$3" ] || failed=1
}
failed=0
run c '' '0 hello'
run swift proc '0 hello'
run swift '' '134 Unable to obtain Swift runtime path'
exit $failed
