#!/bin/sh
# Installs the outside judges of nwc-eval (PESQ, and pystoi to check our STOI) into a Python environment of their own.
#   Scripts/judges.sh [FOLDER]        default: $NWC_JUDGES, else .build/judges
# Needs python3 with venv, a C compiler and a connection to PyPI. Nothing of nwc needs Python; without judges their columns are empty.
set -eu
folder=${1:-${NWC_JUDGES:-.build/judges}}
here=$(dirname "$0")

if [ -x "$folder/bin/python" ] && [ -f "$folder/judge.py" ] && cmp -s "$here/judge.py" "$folder/judge.py" &&
    "$folder/bin/python" "$folder/judge.py" --version pesq_wb; then
    exit 0
fi
if ! python3 -c 'import ensurepip, venv' 2>/dev/null || ! command -v cc >/dev/null; then
    echo "judges.sh: needs python3 with venv and a C compiler; on Debian: apt-get install python3-venv python3-dev gcc libc6-dev" >&2
    exit 1
fi
mkdir -p "$folder"
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check 'numpy>=1.24' 'scipy>=1.10' pystoi==0.4.1
"$folder/bin/pip" install --quiet --disable-pip-version-check pesq==0.0.4
cp "$here/judge.py" "$folder/judge.py"
"$folder/bin/python" "$folder/judge.py" --version pesq_wb
"$folder/bin/python" "$folder/judge.py" --version stoi
