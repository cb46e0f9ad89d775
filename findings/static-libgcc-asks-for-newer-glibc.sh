#!/usr/bin/env bash
# GCC 12.2 (Debian 12): -static-libgcc makes a program need a newer C library.
#
# Expected: taking a library inside means to ask less of the system that the program runs on.
# Seen: a library in C++ that throws needs glibc 2.34 at most with libgcc_s.so.1, and glibc 2.35
#   with -static-libgcc: the unwinder that comes inside calls _dl_find_object, which is from 2.35.
# Matters: wheels and other binaries "made portable" with -static-libgcc do not start on RHEL 9 and
#   its relatives (2.34) and get the tag manylinux_2_35 instead of 2_34; libgcc_s.so.1 is on every
#   system with glibc, and the policies of manylinux allow it.
#
# Output seen: with libgcc_s.so.1: no call of 2.35; -static-libgcc: _dl_find_object (GLIBC_2.35)
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
command -v g++ >/dev/null && command -v objdump >/dev/null || skip "needs g++ and binutils"
[[ $(g++ -dumpfullversion) == 12.2.* ]] || skip "needs GCC 12.2"
[[ $(dpkg-query -W -f '${Version}' libc6-dev 2>/dev/null) == 2.36-9* ]] || skip "needs glibc 2.36"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >f.cc <<'CODE'
extern "C" int f(int x) {
    try {
        if (x) throw x;
    } catch (int y) { return y; }
    return 0;
}
CODE
calls() { objdump -T "$1" | sed -n 's/.*(GLIBC_2\.35) *//p' | paste -sd ' '; }
g++ -shared -fPIC -static-libstdc++ f.cc -o shared.so
g++ -shared -fPIC -static-libstdc++ -static-libgcc f.cc -o static.so
echo "with libgcc_s.so.1: '$(calls shared.so)'; -static-libgcc: '$(calls static.so)' of 2.35"
[ -z "$(calls shared.so)" ] && [ "$(calls static.so)" = _dl_find_object ]
