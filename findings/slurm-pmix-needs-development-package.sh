#!/usr/bin/env bash
# Slurm 22.05.8 (Debian 12): `srun --mpi=list` offers pmix, and `srun --mpi=pmix` cannot load it,
# though the PMIx library that Open MPI itself uses is installed.
#
# Expected: the plugin that slurm-wlm-basic-plugins brings works with libpmix2, the package of the
#   library (libopenmpi3 depends on it).
# Seen: the plugin opens pmix2/lib/libpmix.so, the link of the development package, and not
#   libpmix.so.2; no package of Slurm depends on, recommends or suggests either. srun ends with 1
#   and "can not load PMIx library"; the daemons log the same at their start and go on without it.
#   With the link it is loaded (seen here as another error: no controller runs); slurmd must be
#   started again.
# Matters: jobs of several processes over Open MPI, which Debian builds with PMIx for Slurm: install
#   libpmix-dev on every node, or set the link.
#
# Output seen: offered: 1 plugin; without the link: 1 can not load PMIx library; with it: loaded
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version slurm-client) == 22.05.8* ]] || skip "needs Debian's slurm-client 22.05.8"
[[ $(version slurm-wlm-basic-plugins) == 22.05.8* ]] ||
    skip "needs Debian's slurm-wlm-basic-plugins 22.05.8"
[[ $(version libpmix2) == 4.2.2* ]] || skip "needs Debian's libpmix2 4.2.2"
folder=$(dirname "$(dpkg -L libpmix2 | grep 'pmix2/lib/libpmix.so.2$')")
[ ! -e "$folder/libpmix.so" ] || skip "needs to be without libpmix-dev"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
expect() {
    echo "$1: $3"
    [ "$2" = "$3" ] || { echo "  was $2 when this was written" >&2; failed=1; }
}
# No daemon runs: srun loads the plugin before it looks for one.
cat > "$work/slurm.conf" << CONF
ClusterName=none
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=1
AuthType=auth/munge
SlurmctldTimeout=2
MessageTimeout=2
NodeName=localhost CPUs=1
PartitionName=main Nodes=ALL Default=YES
CONF
export SLURM_CONF=$work/slurm.conf
expect "offered" "1 plugin" "$(srun --mpi=list 2>&1 | grep -c -x '[[:space:]]*pmix') plugin"
status=0
timeout 20 srun --mpi=pmix true > "$work/log" 2>&1 || status=$?
expect "without the link" "1 can not load PMIx library" \
    "$status $(grep -o -m 1 'can not load PMIx library' "$work/log" || true)"
mkdir "$work/lib"
cp "$folder"/libpmix.so.2* "$work/lib"
cp -r "$folder/pmix" "$work/lib"
ln -s libpmix.so.2 "$work/lib/libpmix.so"
unshare -r -m sh -c 'mount --bind "$1" "$2" && timeout 5 srun --mpi=pmix true' - "$work/lib" \
    "$folder" > "$work/log" 2>&1 || true
found=loaded
! grep -q -i pmix "$work/log" || found=$(head -n 1 "$work/log")
[ -s "$work/log" ] || found="nothing was said"
expect "with it" loaded "$found"
exit $failed
