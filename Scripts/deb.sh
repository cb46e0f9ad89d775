#!/usr/bin/env bash
# Debian packages for bookworm: nwc (programs), libnwc0 and libnwc-dev (the C library).
# Usage: [MAINTAINER='Name <address>'] Scripts/deb.sh FOLDER; else the author of the last commit. The same bytes wherever they are made from the same commit with the same Swift and the same Debian 12.
set -euo pipefail
target=${1:?usage: Scripts/deb.sh FOLDER}
mkdir -p "$target"
target=$(cd "$target" && pwd)
cd "$(dirname "$0")/.."
Scripts/setup.sh dpkg-dev fonts-dejavu-core
fonts=/usr/share/doc/fonts-dejavu-core/copyright
version=$(Scripts/version.sh)-1
grep -q "^## ${version%-1} (" CHANGELOG.md || {
    echo "deb: CHANGELOG.md has no release ${version%-1}" >&2
    exit 1
}
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

# stanza FILES COPYRIGHT LICENCE: a part of a copyright file; the licence's text is standard input.
stanza() {
    printf '\nFiles: %s\nCopyright: %s\nLicense: %s\n' "$@"
    sed -e 's/^$/./' -e 's/^/ /'
}

# documents PACKAGE: copyright with all that lies inside, list of licences, changelogs.
documents() {
    local doc=$work/$1/usr/share/doc/$1
    mkdir -p "$doc"
    cp LICENSES.md "$doc"
    {
        echo "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
        echo "Upstream-Name: nwc"
        sed 1d LICENSE | stanza "*" "2026 The nwc authors" BSD-3-clause
        stanza "run-time/swift/*" "Apple Inc. and the Swift project authors" "Apache-2.0 with Swift-exception" << 'TEXT'
The run time of Swift lies inside; so do Foundation and swift-argument-parser in programs. They come
under the Apache License 2.0 (/usr/share/common-licenses/Apache-2.0) with this exception:

As an exception, if you use this Software to compile your source code and portions of this Software
are embedded into the binary product as a result, you may redistribute such product without providing
attribution as would otherwise be required by Sections 4(a), 4(b) and 4(d) of the License.
TEXT
        if [ "$1" = nwc ]; then
            stanza "run-time/icu/*" "1991-2024 Unicode, Inc." Unicode-3.0 < Scripts/licences/Unicode-3.0.txt
            awk '/^License: bitstream-vera/ { inside = 1; next } /^$/ { inside = 0 } inside' "$fonts" | sed -e 's/^ //' -e 's/^\.$//' |
                stanza "Sources/CChartFont/*.ttf" "2003 Bitstream, Inc.; 2006 Tavmjong Bah; DejaVu changes are in public domain" bitstream-vera
        else
            stanza "run-time/libstdc++/*" "Free Software Foundation, Inc." "GPL-3+ with GCC-exception-3.1" << 'TEXT'
The run time of C++ lies inside, under the GNU General Public License 3
(/usr/share/common-licenses/GPL-3) or later with the GCC Runtime Library Exception 3.1, which allows
it in programs under any terms.
TEXT
        fi
    } > "$doc/copyright"
    gzip -9 -n < CHANGELOG.md > "$doc/changelog.gz"
    # lintian warns that a first entry closes no bug (initial-upload-closes-no-bugs): nobody asked Debian for a package.
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
