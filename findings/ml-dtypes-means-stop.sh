#!/usr/bin/env bash
# ml_dtypes 0.6.0 with numpy 2.4.6 (PyPI): the mean of 1,000 ones is 0.256 in bfloat16 and 0.0156 in
# float8; in numpy's own float16 it is 1.
#
# Expected: sums of a small float type go through float32, as numpy promises for float16's mean and
#   as matrix products of the same arrays do.
# Seen: `sum` and `mean` add in the small type itself: bfloat16 stops at 256 (256 + 1 = 256), float8
#   (e4m3) at 16, and the rest of the array is as good as not there. `np.dot(a, a)` of 1,000
#   bfloat16 ones gives 1000, so a check of one hides the other.
# Also seen: what is too large or no number goes four ways at once: int4 wraps (8 becomes -8),
#   float8_e4m3fn gives NaN, float8_e3m4 infinity, float4_e2m1fn saturates and turns NaN into
#   -0.0, so a tensor full of NaN quantises to zeros.
# Matters: scales (mean absolute value), error figures and norms of quantised weights computed on
#   these arrays. Convert with `astype(np.float32)` first; look for NaN before going to 4 bits.
#
# Output seen: float16 mean 1.0 sum 1000; bfloat16 mean 0.2559 sum 256, dot 1000; float8_e4m3fn mean
#   0.0156 sum 16; 8 -> int4 -8; 1000 -> float8_e4m3fn nan, float8_e3m4 inf, float4_e2m1fn 6.0; nan
#   -> float4_e2m1fn -0.0
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
packages() {
    python3 -m venv venv && venv/bin/pip install -q --no-cache-dir --only-binary :all: "$@" ||
        skip "cannot install $*"
}
packages ml_dtypes==0.6.0 numpy==2.4.6
venv/bin/python -W ignore - <<'CODE'
import math, sys
import ml_dtypes
import numpy as np

means = {}
for kind in (np.float16, ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn):
    ones = np.ones(1000, kind)
    means[np.dtype(kind).name] = float(ones.mean())
    print(np.dtype(kind).name, "mean", float(ones.mean()), "sum", float(ones.sum()))
ones = np.ones(1000, ml_dtypes.bfloat16)
dot = float(np.dot(ones, ones))
print("bfloat16 dot", dot)

def to(value, kind):
    return float(np.array([value], np.float32).astype(kind).astype(np.float32)[0])

wrapped = to(8, ml_dtypes.int4)
large = [to(1000, kind) for kind in (ml_dtypes.float8_e4m3fn, ml_dtypes.float8_e3m4,
                                     ml_dtypes.float4_e2m1fn)]
nothing = to(math.nan, ml_dtypes.float4_e2m1fn)
print("8 -> int4", wrapped, "; 1000 ->", *large, "; nan -> float4", nothing)
as_described = (means["float16"] == 1 and means["bfloat16"] < 0.3 and dot == 1000
                and means["float8_e4m3fn"] < 0.1 and wrapped == -8 and math.isnan(large[0])
                and math.isinf(large[1]) and large[2] == 6 and nothing == 0)
sys.exit(not as_described)
CODE
