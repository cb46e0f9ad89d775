#!/usr/bin/env bash
# onnxruntime 1.32.0 (PyPI): ReduceMax and ReduceMin give NaN if the FIRST element is NaN, and pass
# over it anywhere else.
#
# Expected: NaN wherever it stands, as with numpy's and PyTorch's max, and with onnxruntime's own
#   Max of two tensors, ReduceSum and ReduceMean; or never, as with fmax. Not by place.
# Seen: [NaN, 1, 3] has the maximum NaN, [1, NaN, 3] has 3, [3, NaN, 1] has 3; ArgMax of four
#   elements is 0 with NaN at 0 and the place of the largest number with NaN at 1, 2 or 3. MaxPool
#   and GlobalMaxPool pass over it. Max of two tensors hands it on from either side.
# Matters: a check for broken activations by their maximum ("peak is finite") passes though half of
#   the tensor is NaN, and a scale for quantisation that is taken from ReduceMax is that of the
#   numbers that are left. Look for NaN with IsNaN, or add ReduceSum of x * 0.
#
# Output seen (ReduceMax with NaN at 0, 1, middle, end): nan, then numbers, for 3, 16, 64 and 1000
#   elements; Max nan nan; ReduceSum nan
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


def compute(operator, *inputs):
    names = [f"x{i}" for i in range(len(inputs))]
    attributes = {"keepdims": 0} if operator.startswith("Reduce") else {}
    graph = helper.make_graph(
        [helper.make_node(operator, names, ["y"], **attributes)], "graph",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, x.shape)
         for name, x in zip(names, inputs)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(),
                                           providers=["CPUExecutionProvider"])
    return session.run(None, dict(zip(names, inputs)))[0]


as_described = True
for length in (3, 16, 64, 1000):
    for operator in ("ReduceMax", "ReduceMin", "ReduceSum"):
        is_nan = []
        for place in (0, 1, length // 2, length - 1):
            x = np.arange(1, length + 1, dtype=np.float32)
            x[place] = np.nan
            is_nan.append(bool(np.isnan(compute(operator, x))))
        print(f"{operator} of {length}, NaN at the start, second, middle, end: "
              + " ".join("nan" if one else "number" for one in is_nan))
        as_described &= is_nan == ([True] * 4 if operator == "ReduceSum" else [True] + [False] * 3)
one = np.array([1], np.float32)
pair = [compute("Max", one * np.nan, one)[0], compute("Max", one, one * np.nan)[0]]
pooled = compute("GlobalMaxPool", np.array([[[1, np.nan, 3]]], np.float32)).item()
print(f"Max of two tensors, NaN in either: {pair[0]} {pair[1]}; GlobalMaxPool {pooled}")
as_described &= bool(np.isnan(pair).all()) and pooled == 3
sys.exit(not as_described)
CODE
