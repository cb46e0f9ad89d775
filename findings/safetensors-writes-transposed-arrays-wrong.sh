#!/usr/bin/env bash
# safetensors 0.8.0 (PyPI), numpy side: a transposed array is written with the right shape and the
# wrong values, without an error; 0.7.0 wrote it right.
#
# Expected: what 0.7.0 did (values in C order, as `numpy.save` does for any layout), or an error as
#   `safetensors.torch` raises for tensors that are not contiguous.
# Seen: `save` and `save_file` take the address of the array and its size and copy the memory as it
#   lies: a matrix in Fortran order (`w.T`, a result of LAPACK, `np.asfortranarray`) loads as a
#   scrambled matrix of the same shape. The doc string asks for contiguous arrays; nothing checks.
# Also seen (0.7.0 and 0.8.0): with two or more `metadata` keys the bytes differ from process to
#   process, as the keys' order does: a checksum of the file is no name for the model.
# Matters: weights exported as `w.T` (dense layers between frameworks) are silently ruined by a
#   minor update. Call `np.ascontiguousarray` on every array, load and compare after saving, and
#   keep metadata to one key (a JSON text) where bytes must repeat.
#
# Output seen: 0.7.0: transposed right: True; 0.8.0: transposed right: False, contiguous right:
#   True; five processes wrote 5 different files
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
packages numpy==2.4.6 safetensors==0.8.0
venv/bin/pip install -q --no-cache-dir --no-deps --target old safetensors==0.7.0 ||
    skip "cannot install safetensors 0.7.0"

cat >matrix.py <<'CODE'
import numpy as np
from safetensors.numpy import load, save

matrix = np.arange(6, dtype=np.float32).reshape(2, 3)
for name, array in (("transposed", matrix.T), ("contiguous", np.ascontiguousarray(matrix.T))):
    loaded = load(save({"w": array}))["w"]
    assert loaded.shape == array.shape
    print(name, "right:", np.array_equal(loaded, array), end=" ")
print()
CODE
cat >bytes.py <<'CODE'
import hashlib
import numpy as np
from safetensors.numpy import save

metadata = {"model": "a", "rate": "16000", "step": "1", "licence": "mit", "date": "-"}
print(hashlib.sha256(save({"w": np.zeros(4, np.float32)}, metadata)).hexdigest())
CODE
old=$(PYTHONPATH=old venv/bin/python matrix.py)
new=$(venv/bin/python matrix.py)
kinds=$(for _ in 1 2 3 4 5; do venv/bin/python bytes.py; done | sort -u | wc -l)
echo "0.7.0: $old"
echo "0.8.0: $new"
echo "five processes wrote $kinds different files"
[ "$old" = "transposed right: True contiguous right: True " ]
[ "$new" = "transposed right: False contiguous right: True " ]
[ "$kinds" -gt 1 ]
