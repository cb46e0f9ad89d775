#!/usr/bin/env bash
# Installs the Debian packages that building and running needs, if any is missing. Arguments: further packages.
set -euo pipefail
packages=(
    libsndfile1-dev libflac-dev libmpg123-dev libopenblas-dev libsoxr-dev libpng-dev libfreetype-dev pkg-config binutils "$@"
)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    echo "setup: installing ${missing[*]}" >&2
    run=()
    if [ "$(id -u)" -ne 0 ]; then run=(sudo); fi
    "${run[@]}" apt-get update -qq
    # Some packages take the place of others (of codecs above all): never without a word.
    removed=$(apt-get install -s --no-install-recommends "${missing[@]}" 2> /dev/null | awk '/^Remv/ { print $2 }')
    if [ -n "$removed" ]; then
        echo "setup: ${missing[*]} would remove "$removed >&2
        answer=
        if [ -t 0 ]; then read -r -p "setup: go on? [y/N] " answer; fi
        if [ "$answer" != y ]; then
            echo "setup: nothing was installed; apt-get install ${missing[*]} does it" >&2
            exit 1
        fi
    fi
    DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi
command -v swift >/dev/null || {
    echo "setup: swift is not on the PATH; install Swift 6.3 (README, Install)" >&2
    exit 1
}
