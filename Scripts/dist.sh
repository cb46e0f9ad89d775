#!/usr/bin/env bash
# A tarball for any x86-64 Linux: programs that need no library of the system, manual pages, completions, licences, README.
# Usage: Scripts/dist.sh FOLDER. The same bytes wherever it is made from the same commit with the same Swift and the same Debian 12.
set -euo pipefail
target=${1:?usage: Scripts/dist.sh FOLDER}
mkdir -p "$target"
target=$(cd "$target" && pwd)
cd "$(dirname "$0")/.."
[ "$(uname -m)" = x86_64 ] || {
    echo "dist: programs for x86-64 are made on x86-64" >&2
    exit 1
}
Scripts/setup.sh libgfortran-12-dev
version=$(Scripts/version.sh)
time=$(Scripts/version.sh time)
export SOURCE_DATE_EPOCH=$time
make --no-print-directory -s .build/stage/complete
bin=$(swift build -c release --show-bin-path)
Scripts/static-libraries.sh .build/static
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/nwc-$version-linux-x86_64
mkdir -p "$root"/{bin,share/doc/nwc}
# From SwiftPM's lists of objects, in which the main function of a program has the program's name. lld takes archives in any order.
libraries=(
    -L.build/static/lib -lsndfile -lFLAC -lvorbisenc -lvorbis -logg -lopus -lmpg123 -lmp3lame -lsoxr -lfreetype -lbrotlidec -lbrotlicommon -lpng -lz -lopenblas
    -lgfortran -lquadmath
    -l_FoundationCollections -l_FoundationCShims -lswiftSynchronization -lFoundationInternationalization -l_FoundationICU
    -lCoreFoundation
)
while read -r program; do
    swiftc -static-executable -use-ld=lld -Xlinker --gc-sections -Xlinker --strip-all \
        -Xlinker "--defsym=main=${program//-/_}_main" -o "$root/bin/$program" "@$bin/$program.product/Objects.LinkFileList" "${libraries[@]}" 2> "$work/log" || {
        cat "$work/log" >&2
        exit 1
    }
    # As in Scripts/c-library.sh; the identity of the build is a hash over them.
    objcopy --remove-section=.swift_modhash --remove-section=.note.gnu.build-id "$root/bin/$program"
done < Scripts/programs
mkdir -p "$root/share/man/man1" "$root/share/bash-completion/completions" "$root/share/zsh/site-functions" \
    "$root/share/fish/vendor_completions.d"
cp .build/stage/man/*.1 "$root/share/man/man1"
cp .build/stage/completions/bash/* "$root/share/bash-completion/completions"
cp .build/stage/completions/zsh/* "$root/share/zsh/site-functions"
cp .build/stage/completions/fish/* "$root/share/fish/vendor_completions.d"
cp README.md CHANGELOG.md "$root"
cp LICENSE LICENSES.md "$root/share/doc/nwc"
Scripts/licence-texts.sh > "$root/share/doc/nwc/LICENSES-OF-LIBRARIES"
chmod -R u=rwX,go=rX "$root"
tar -C "$work" --sort=name --mtime="@$time" --owner=0 --group=0 --numeric-owner -cf "$work/tar" "$(basename "$root")"
gzip -9 -n < "$work/tar" > "$target/$(basename "$root").tar.gz"
ls -l "$target/$(basename "$root").tar.gz"
