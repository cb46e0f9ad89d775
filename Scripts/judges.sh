#!/bin/sh
# Installs the outside judges of nwc-eval (PESQ, ViSQOL, DNSMOS, Zimtohrli), as `nwc-eval judges --install` does.
#   Scripts/judges.sh [FOLDER]        default: $NWC_JUDGES, else where nwc-eval finds them
set -eu
here=$(dirname "$0")
exec "$here/../Sources/CodecComparison/Judges/judges.sh" "$@"
