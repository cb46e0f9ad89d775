#!/usr/bin/env bash
# Licences of everything that lies inside the static programs, as Debian and the toolchain have them, on standard output.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh fonts-dejavu-core
echo "The programs hold what is listed in LICENSES.md. Whoever wants to link them with other versions of the libraries under the"
echo "LGPL finds everything for it in the sources of nwc (Scripts/dist.sh); the sources of those libraries are Debian 12's."
for package in libsndfile1 libflac12 libvorbis0a libogg0 libopus0 libmpg123-0 libmp3lame0 libsoxr0 libfreetype6 libbrotli1 libpng16-16 zlib1g libopenblas0-pthread \
    libgcc-12-dev libc6 fonts-dejavu-core; do
    printf '\n==== %s\n\n' "$package"
    cat "/usr/share/doc/$package/copyright"
done
for licence in LGPL-2 LGPL-2.1 GPL-3 Apache-2.0; do
    printf '\n==== %s\n\n' "$licence"
    cat "/usr/share/common-licenses/$licence"
done
for package in swift-argument-parser; do
    for text in LICENSE.txt NOTICE.txt; do
        file=.build/checkouts/$package/$text
        [ -e "$file" ] || continue
        printf '\n==== %s\n\n' "$package/$text"
        cat "$file"
    done
done
licence=$(dirname "$(readlink -f "$(command -v swiftc)")")/../share/swift/LICENSE.txt
printf '\n==== Swift\n\n'
cat "$licence"
printf '\n==== ICU, inside Foundation\n\n'
cat Scripts/licences/Unicode-3.0.txt
