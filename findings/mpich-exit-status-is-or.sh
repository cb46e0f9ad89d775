#!/usr/bin/env bash
# MPICH 4.0.2 (Debian 12): `mpiexec` exits with the bitwise OR of the ranks' exit statuses.
#
# Expected: the status of one of the failed ranks, as Open MPI 4.1.4 gives (1 for ranks that exit 1
#   and 64, 74 for 74, 65 and 1, measured with the same script).
# Seen: ranks that exit 1 and 2 give 3; 1 and 64 give 65; 74, 65 and 1 give 75: numbers that no rank
#   said, and that mean something else where statuses have meanings (BSD's sysexits: 65 data, 74
#   input/output, 75 try again).
# Matters: a launcher that retries on 75, or tells usage errors (64) from failures (1), decides on
#   numbers nobody gave. Only zero against non-zero is to be trusted; or all ranks agree first.
#
# Output seen: 1 2 -> 3; 1 64 -> 65; 74 65 1 -> 75; 0 0 5 -> 5; 0 0 -> 0
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version mpich) == 4.0.2* ]] || skip "needs Debian's mpich 4.0.2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >rank.sh <<'CODE'
#!/bin/sh
# Exits with the argument at the place of this rank.
shift "$PMI_RANK"
exit "$1"
CODE
chmod +x rank.sh

failed=0
while read -r want statuses; do
    read -ra ranks <<<"$statuses"
    got=0
    mpiexec.mpich -n ${#ranks[@]} ./rank.sh "${ranks[@]}" </dev/null >/dev/null 2>&1 || got=$?
    echo "$statuses -> $got"
    [ "$got" = "$want" ] || { echo "  was $want when this was written" >&2; failed=1; }
done <<'LIST'
3 1 2
65 1 64
75 74 65 1
5 0 0 5
0 0 0
LIST
exit $failed
