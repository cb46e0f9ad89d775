#!/bin/sh
# Installs the outside judges of nwc-eval into a Python environment of their own.
#   judges.sh [FOLDER]    default: $NWC_JUDGES, else .build/judges where they are there already,
#                         else $XDG_DATA_HOME/nwc/judges (~/.local/share/nwc/judges)
# PESQ, and pystoi to check our STOI, are needed; PESQ with Corrigendum 2, ViSQOL, DNSMOS and
# Zimtohrli are further opinions, each by itself: what cannot be installed is said here and null in
# results.
# Needs python3 with venv, a C compiler and a connection to PyPI. Nothing of nwc needs Python.
set -eu
if [ $# -gt 0 ]; then
    folder=$1
elif [ -n "${NWC_JUDGES:-}" ]; then
    folder=$NWC_JUDGES
elif [ -f .build/judges/judge.py ]; then
    folder=.build/judges
else
    folder=${XDG_DATA_HOME:-$HOME/.local/share}/nwc/judges
fi
here=$(dirname "$0")
all='pesq_wb pesq_wb_c2 visqol dnsmos_p808 visqol_audio zimtohrli stoi'

# Packages that ask for different versions of numpy cannot share an environment.
python() {
    case $1 in
    visqol | visqol_audio) echo "$folder/visqol/bin/python" ;;
    dnsmos_p808) echo "$folder/dnsmos/bin/python" ;;
    *) echo "$folder/bin/python" ;;
    esac
}
# Prints what each judge is.
versions() {
    for measure in $all; do
        program=$(python "$measure")
        [ ! -x "$program" ] || "$program" "$folder/judge.py" --version "$measure"
    done
}

if [ -x "$folder/bin/python" ] && [ -f "$folder/complete" ] &&
    cmp -s "$here/judge.py" "$folder/judge.py"; then
    versions
    exit 0
fi
if ! python3 -c 'import ensurepip, venv' 2>/dev/null || ! command -v cc >/dev/null; then
    echo "judges.sh: needs python3 with venv and a C compiler; on Debian:" \
        "apt-get install python3-venv python3-dev gcc libc6-dev" >&2
    exit 1
fi
# install FOLDER PACKAGE...
install() {
    place=$1
    shift
    python3 -m venv "$place"
    "$place/bin/pip" install --quiet --disable-pip-version-check "$@"
}
mkdir -p "$folder"
install "$folder" 'numpy>=1.24' 'scipy>=1.10' pystoi==0.4.1 pesq==0.0.4
cp "$here/judge.py" "$folder/judge.py"
install "$folder" pesqc2==0.0.4 || echo "judges.sh: no PESQ with Corrigendum 2" >&2
install "$folder" zimtohrli==0.2.1.post1 || echo "judges.sh: no Zimtohrli" >&2
# Without the extra "lattice" ViSQOL's speech mode says 5.0 to nearly everything.
install "$folder/visqol" 'visqol-python[lattice]==3.8.0' || echo "judges.sh: no ViSQOL" >&2
# speechmos does not name what it imports.
install "$folder/dnsmos" speechmos==0.0.1.1 librosa onnxruntime requests ||
    echo "judges.sh: no DNSMOS" >&2
touch "$folder/complete"
versions
