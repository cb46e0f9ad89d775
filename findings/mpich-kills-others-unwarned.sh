#!/usr/bin/env bash
# Where a process of an MPI run dies, mpiexec of MPICH kills the others at once, with SIGKILL: no handler runs, nothing can be saved.
#
# Expected: what mpirun of Open MPI does, whose processes get SIGTERM first and are killed a second later, and what batch systems do: SIGTERM, time,
# SIGKILL. With MPICH a handler that saves on SIGTERM works when the user stops mpiexec, and never when a process is lost.
# Found, Debian 12: mpich 4.0.2-3+b1: the two others end without SIGTERM, within milliseconds. openmpi-bin 4.1.4-3+b1: SIGTERM reaches both.
# What follows: a run that must survive the loss of a process has its last state on disk before, not in a handler.
set -euo pipefail
for want in 'mpich 4.0.2-3+b1' 'openmpi-bin 4.1.4-3+b1'; do
    package=${want% *}
    found=$(dpkg-query -W -f='${Version}' "$package" 2> /dev/null || true)
    if [ "$found" != "${want#* }" ]; then
        echo "$package ${want#* } is not there (found: ${found:-none})"
        exit 77
    fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/rank" << 'RANK'
#!/bin/bash
rank=${OMPI_COMM_WORLD_RANK:-$PMI_RANK}
trap 'echo "$rank" >> "$1.told"' TERM
if [ "$rank" = 1 ]; then
    sleep 1
    kill -KILL $$
fi
for _ in $(seq 100); do sleep 0.1; done
echo "$rank" >> "$1.lived"
RANK
chmod +x "$work/rank"
for family in openmpi mpich; do
    options=()
    [ "$family" != openmpi ] || options=(--oversubscribe --allow-run-as-root)
    timeout 60 "mpirun.$family" "${options[@]}" -n 3 "$work/rank" "$work/$family" > "$work/log" 2>&1 || true
    told=$(sort "$work/$family.told" 2> /dev/null | tr '\n' ' ' || true)
    lived=$(cat "$work/$family.lived" 2> /dev/null | tr '\n' ' ' || true)
    echo "$family: rank 1 of 3 is killed; SIGTERM reaches ranks ${told:-none}; to the end live ${lived:-none}"
    case $family in
    openmpi) [ "$told" = "0 2 " ] && [ -z "$lived" ] || exit 1 ;;
    mpich) [ -z "$told" ] && [ -z "$lived" ] || exit 1 ;;
    esac
done
