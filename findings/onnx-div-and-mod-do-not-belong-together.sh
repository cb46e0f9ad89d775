#!/usr/bin/env bash
# onnxruntime 1.32.0 with onnx 1.23.2 (PyPI): for integers of different sign the operators Div and
# Mod do not belong together: (a Div b) * b + (a Mod b) is not a.
#
# Expected: one convention for both, C's (towards zero, remainder with the sign of a) or Python's
#   (downwards, remainder with the sign of b); in each of them the two make up a again.
# Seen: -7 Div 3 is -2, as in C, and -7 Mod 3 is 2, as in Python, which give -4. BitShift right of a
#   signed integer does not exist, so Div by 2^n is what stands for it, and that rounds towards zero
#   where a shift rounds down. Mod with fmod=1 is C's remainder and fits.
# Why: Div follows C; the definition of Mod says that the remainder has the sign of the divisor.
# Matters: integer kernels that are written as a graph (requantisation, splitting an index of two
#   codebooks or a signed sample into high and low byte) are right for positive numbers and wrong
#   for negative ones. Write Mod with fmod=1, or add an offset that makes all numbers positive.
#
# Output seen: Div -2 -2 2 2, Mod 2 -2 -1 1, of -7/3 7/-3 -7/-3 7/3; made up again -4 4 -7 7; with
#   fmod=1: -7 7 -7 7
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
packages onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
venv/bin/python - <<'CODE'
import sys
import numpy as np
import onnxruntime
from onnx import TensorProto, helper


def compute(operator, type_, a, b, **attributes):
    names = (("a", a), ("b", b))
    graph = helper.make_graph(
        [helper.make_node(operator, ["a", "b"], ["y"], **attributes)], "graph",
        [helper.make_tensor_value_info(name, type_, [len(a)]) for name, _ in names],
        [helper.make_tensor_value_info("y", type_, [len(a)])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(),
                                           providers=["CPUExecutionProvider"])
    return session.run(None, dict(names))[0]


as_described = True
for type_, dtype in ((TensorProto.INT32, np.int32), (TensorProto.INT64, np.int64)):
    a, b = np.array([-7, 7, -7, 7], dtype), np.array([3, -3, -3, 3], dtype)
    quotient = compute("Div", type_, a, b)
    remainder = compute("Mod", type_, a, b)
    c_remainder = compute("Mod", type_, a, b, fmod=1)
    again, c_again = quotient * b + remainder, quotient * b + c_remainder
    print(f"{dtype.__name__}: Div {quotient}, Mod {remainder}, made up again {again} of {a}; "
          f"with fmod=1 {c_again}")
    as_described &= list(quotient) == [-2, -2, 2, 2] and list(remainder) == [2, -2, -1, 1]
    as_described &= list(again) == [-4, 4, -7, 7] and list(c_again) == list(a)
sys.exit(not as_described)
CODE
