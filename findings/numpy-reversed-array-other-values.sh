#!/usr/bin/env bash
# numpy 2.4.6 (PyPI), x86-64 with AVX-512: log10, exp, tan, cbrt and others give other last bits for
# an array that is read backwards than for the same numbers read forwards.
#
# Expected: an elementwise function depends on the element. One knows that processors differ, but in
#   one process, of one function, of one type, the same number gives the same result: contiguous,
#   strided, short and scalar calls do agree.
# Seen: `f(x[::-1])[::-1] == f(x)` fails for 40 % of float32 log10 and cbrt, 20 % of exp2, 5 % of
#   float64 exp, 17 % of log10; for 13 functions of float32 and 15 of float64. With numpy's AVX-512
#   switched off (NPY_DISABLE_CPU_FEATURES) all agree.
# Why: the vectorised functions take contiguous and positive steps; for a negative step numpy calls
#   the C library's.
# Matters: hash or equality checks between features of a signal and of its reversal, flipped tables,
#   caches keyed by content. `np.ascontiguousarray(x[::-1])` first.
#
# Output seen (share of different values): float32 log10 0.395, cbrt 0.394, exp2 0.211; float64 exp
#   0.047, log10 0.175, cbrt 0.531; strided, scalar and by three 0; without AVX-512 0
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
grep -qw avx512vl /proc/cpuinfo 2>/dev/null || skip "needs a processor with AVX-512"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
packages() {
    python3 -m venv venv && venv/bin/pip install -q --no-cache-dir --only-binary :all: "$@" ||
        skip "cannot install $*"
}
packages numpy==2.4.6
cat >compare.py <<'CODE'
import sys
import numpy as np

want = sys.argv[1] == "differ"
as_described = True
for kind, names in ((np.float32, ("log10", "cbrt", "exp2")),
                    (np.float64, ("exp", "log10", "cbrt"))):
    x = np.random.default_rng(1).uniform(0.01, 8, 20000).astype(kind)
    spread = np.zeros(2 * len(x), kind)
    spread[::2] = x
    for name in names:
        f = getattr(np, name)
        forward = f(x)
        backward = np.mean(forward != f(x[::-1])[::-1])
        others = (np.mean(forward != f(spread[::2])),
                  np.mean(forward[:3000] != [f(value) for value in x[:3000]]),
                  np.mean(forward[:3000] != np.concatenate([f(x[i:i + 3])
                                                            for i in range(0, 3000, 3)])))
        print(kind.__name__, name, "backwards", round(backward, 3), "strided, scalar, by three",
              *others)
        as_described &= (backward > 0.01) == want and not any(others)
sys.exit(not as_described)
CODE
failed=0
venv/bin/python compare.py differ || failed=1
echo "without AVX-512:"
export NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL AVX512_SPR"
venv/bin/python -W ignore compare.py agree || failed=1
exit $failed
