#!/usr/bin/env bash
# libsndfile, libmpg123 and libsoxr as archives, which Debian has as shared libraries alone, from Debian's sources with its patches, in
# the versions that are installed: what decodes is then the same code. Usage: Scripts/static-libraries.sh FOLDER; done before, it does nothing.
set -euo pipefail
target=${1:?usage: Scripts/static-libraries.sh FOLDER}
mkdir -p "$target"
target=$(cd "$target" && pwd)
cd "$(dirname "$0")/.."
Scripts/setup.sh build-essential cmake libmp3lame-dev libopus-dev libvorbis-dev zlib1g-dev
declare -A packages=([libsndfile]=libsndfile1-dev [mpg123]=libmpg123-dev [libsoxr]=libsoxr-dev)
versions=$(for source in libsndfile mpg123 libsoxr; do
    echo "$source=$(dpkg-query -W -f='${Version}' "${packages[$source]}")"
done)
if [ "$versions" = "$(cat "$target/versions" 2> /dev/null)" ]; then exit 0; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$work/log
failed() {
    tail -n 30 "$log" >&2
    echo "static-libraries: $1 failed" >&2
    exit 1
}
# apt looks into lists of its own: where sources are on the list of this machine, they are not needed.
mkdir -p "$work/lists/partial"
for suite in "debian bookworm" "debian bookworm-updates" "debian-security bookworm-security"; do
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/$suite main"
done > "$work/sources.list"
apt=(apt-get -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$work/lists" -o Debug::NoLocking=1)
"${apt[@]}" update -qq > "$log" 2>&1 || failed "apt-get update"
# fetch SOURCE=VERSION: its code with Debian's patches, in $work/SOURCE. apt has checked the signature of the list that has the sums.
# Signatures of upstream are not fetched: not all mirrors have them.
fetch() {
    local folder=$work/${1%%=*} name uri sum
    mkdir "$folder"
    "${apt[@]}" source --print-uris "$1" 2>> "$log" | awk -F"'" '/^.http/ { print $2, $3 }' |
        while read -r uri name _ sum; do
            case $name in *.asc | *.dsc) continue ;; esac
            /usr/lib/apt/apt-helper download-file "$uri" "$work/$name" "$sum" >> "$log" 2>&1 || return 1
            case $name in
            *.orig.tar.*) tar -C "$folder" --strip-components=1 -xf "$work/$name" ;;
            *.debian.tar.*) tar -C "$folder" -xf "$work/$name" ;;
            esac
        done || return 1
    [ -d "$folder/debian/patches" ] || return 0
    sed -e 's/#.*//' -e 's/ .*//' -e '/^$/d' "$folder/debian/patches/series" | while read -r name; do
        patch -d "$folder" -p1 -s -f < "$folder/debian/patches/$name" >> "$log" 2>&1 || return 1
    done
}
# Paths of this machine stay outside. Symbols of libraries that are linked are found through pkg-config.
flags="-O2 -g0 -ffile-prefix-map=$work=/usr/src"
cmake=(cmake -DCMAKE_BUILD_TYPE=None "-DCMAKE_C_FLAGS=$flags" "-DCMAKE_INSTALL_PREFIX=$target"
    -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF)
for source in $versions; do
    name=${source%%=*}
    fetch "$source" || failed "fetching $source"
    (
        cd "$work/$name"
        case $name in
        mpg123)
            ./configure --prefix="$target" --libdir="$target/lib" --disable-shared --enable-static \
                --disable-components --enable-libmpg123 CFLAGS="$flags"
            make -j "$(nproc)" && make install
            ;;
        libsoxr)
            "${cmake[@]}" -S . -B build -DWITH_OPENMP=OFF -DBUILD_TESTS=OFF -DBUILD_EXAMPLES=OFF \
                -DWITH_LSR_BINDINGS=OFF
            cmake --build build -j "$(nproc)" && cmake --install build
            ;;
        libsndfile)
            "${cmake[@]}" -S . -B build -DBUILD_PROGRAMS=OFF -DBUILD_EXAMPLES=OFF -DBUILD_TESTING=OFF
            cmake --build build -j "$(nproc)" && cmake --install build
            grep -q '#define HAVE_MPEG 1\|HAVE_MPEG:.*=1\|ENABLE_MPEG:BOOL=ON' build/CMakeCache.txt
            ;;
        esac
    ) >> "$log" 2>&1 || failed "building $source"
done
echo "$versions" > "$target/versions"
