#!/usr/bin/env bash
# Everything that must hold, in release mode; installs what is missing. Arguments go to `swift test` (for example --filter NAME).
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh sox
swift build -c release
if [ $# -eq 0 ]; then
    Scripts/check-kernels.sh
    Scripts/check-install.sh
    Scripts/check-c-library.sh
    Scripts/check-mpi.sh present
fi
swift test -c release "$@"
[ $# -ne 0 ] || Scripts/check-package.sh
