#!/usr/bin/env bash
# Debian packages for bookworm: nwc (programs), libnwc0 and libnwc-dev (the C library).
# Usage: [MAINTAINER='Name <address>'] Scripts/deb.sh FOLDER; else the author of the last commit. The same bytes wherever they are made from the same commit with the same Swift and the same Debian 12.
set -euo pipefail
target=${1:?usage: Scripts/deb.sh FOLDER}
mkdir -p "$target"
target=$(cd "$target" && pwd)
cd "$(dirname "$0")/.."
Scripts/setup.sh dpkg-dev
version=$(Scripts/version.sh)-1
time=$(Scripts/version.sh time)
export SOURCE_DATE_EPOCH=$time
architecture=$(dpkg --print-architecture)
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
maintainer=${MAINTAINER:-$(git log -1 --format='%an <%ae>')}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
make --no-print-directory -s install DESTDIR="$work/all" PREFIX=/usr

programs=$work/nwc library=$work/libnwc0 development=$work/libnwc-dev
mkdir -p "$programs/usr/share" "$library/usr/lib/$triplet" "$development/usr/lib/$triplet/pkgconfig" "$development/usr/include"
mv "$work/all/usr/bin" "$programs/usr/"
mv "$work/all/usr/share/"{man,bash-completion,zsh,fish} "$programs/usr/share/"
mkdir "$programs/usr/share/zsh/vendor-completions"
mv "$programs/usr/share/zsh/site-functions/"* "$programs/usr/share/zsh/vendor-completions/"
rmdir "$programs/usr/share/zsh/site-functions"
gzip -9 -n "$programs"/usr/share/man/man1/*.1
mv "$work/all/usr/lib/"libnwc.so.* "$library/usr/lib/$triplet/"
mv "$work/all/usr/lib/libnwc."{so,a} "$development/usr/lib/$triplet/"
sed "s|^libdir=.*|libdir=\${prefix}/lib/$triplet|" "$work/all/usr/lib/pkgconfig/nwc.pc" > "$development/usr/lib/$triplet/pkgconfig/nwc.pc"
mv "$work/all/usr/include/nwc.h" "$development/usr/include/"

# documents PACKAGE: copyright and changelogs.
documents() {
    local doc=$work/$1/usr/share/doc/$1
    mkdir -p "$doc"
    {
        echo "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
        echo "Upstream-Name: nwc"
        echo
        echo "Files: *"
        echo "Copyright: 2026 The nwc authors"
        echo "License: BSD-3-clause"
        sed -e '1d' -e 's/^$/./' -e 's/^/ /' LICENSE
        echo
        echo "Files: run-time/*"
        echo "Copyright: Apple Inc. and the Swift project authors; Unicode, Inc."
        echo "License: Apache-2.0"
        echo " The run time of Swift and Foundation (with the runtime library exception, and ICU under the"
        echo " Unicode License v3) and swift-argument-parser lie inside the programs;"
        echo " the Apache License 2.0 is in /usr/share/common-licenses/Apache-2.0."
    } > "$doc/copyright"
    gzip -9 -n < CHANGELOG.md > "$doc/changelog.gz"
    {
        echo "nwc ($version) bookworm; urgency=medium"
        echo
        echo "  * Release ${version%-1}: see changelog.gz."
        echo
        echo " -- $maintainer  $(LC_ALL=C date -u -R -d "@$time")"
    } | gzip -9 -n > "$doc/changelog.Debian.gz"
}

# pack PACKAGE SECTION DEPENDENCIES SUMMARY DESCRIPTION: lines of a description.
pack() {
    local root=$work/$1
    documents "$1"
    mkdir -p "$root/DEBIAN"
    (cd "$root" && find usr -type f | LC_ALL=C sort | xargs md5sum) > "$root/DEBIAN/md5sums"
    {
        echo "Package: $1"
        echo "Source: nwc"
        echo "Version: $version"
        echo "Architecture: $architecture"
        echo "Maintainer: $maintainer"
        echo "Installed-Size: $(du -k -s --apparent-size "$root/usr" | cut -f 1)"
        echo "Depends: $3"
        [ "$1" != nwc ] || echo "Suggests: ffmpeg"
        echo "Section: $2"
        echo "Priority: optional"
        [ "$1" = nwc ] || echo "Multi-Arch: same"
        echo "Description: $4"
        sed 's/^/ /' <<< "$5"
    } > "$root/DEBIAN/control"
    chmod -R u=rwX,go=rX "$root"
    find "$root" -exec touch -h -d "@$time" {} +
    dpkg-deb --root-owner-group --threads-max=1 -Zxz --build "$root" "$target" > /dev/null
}

# What the packages of this system say that these files need.
mkdir -p "$work/source/debian"
printf 'Source: nwc\n\nPackage: nwc\nArchitecture: any\n' > "$work/source/debian/control"
needs() { (cd "$work/source" && dpkg-shlibdeps -O "$@" 2> /dev/null) | sed 's/^shlibs:Depends=//'; }

# Reading pictures of training and OpenBLAS are for two programs alone, and small beside them.
pack nwc sound "$(needs "$programs"/usr/bin/*)" "neural waveform speech codec" \
    "nwc-enc and nwc-dec code speech to small files and back, nwc-denoise takes
noise out of it, nwc-info looks into streams, nwc-eval compares codecs and
nwc-train trains models. Decoders give the same samples on every machine."
mkdir -p "$library/DEBIAN"
echo "libnwc 0 libnwc0 (>= ${version%-1})" > "$library/DEBIAN/shlibs"
echo "activate-noawait ldconfig" > "$library/DEBIAN/triggers"
pack libnwc0 libs "$(needs "$library/usr/lib/$triplet/"libnwc.so.*.*.*)" "neural waveform speech codec - library" \
    "Encoders, decoders and denoisers of packets, streams and whole sounds, for
programs in C. The models are inside."
pack libnwc-dev libdevel "libnwc0 (= $version)" "neural waveform speech codec - development files" \
    "Header, static library and pkg-config file of libnwc."
ls -l "$target"/*"_${version}_$architecture.deb"
