#!/usr/bin/env bash
# The C library for `make install-library`: libnwc.so and libnwc.a with the Swift run time
# inside, nwc.h, and nwc.pc without its first line, which an installation adds.
# Usage: Scripts/c-library.sh FOLDER, after `swift build -c release --product nwc-objects`.
# SwiftPM builds the objects and does not link them: its dynamic libraries export every symbol of
# Swift and look for the run time in the toolchain's folder.
set -euo pipefail
target=${1:?usage: Scripts/c-library.sh FOLDER}
mkdir -p "$target"
rm -f "$target"/libnwc.so.*
target=$(cd "$target" && pwd)
cd "$(dirname "$0")/.."
Scripts/setup.sh binutils
version=$(Scripts/version.sh)
bin=$(swift build -c release --show-bin-path)

# Everything but the functions of nwc.h stays inside; their version changes when an old program
# would not work with the library any more, as its name does.
abi=0
{
    echo "NWC_$abi { global:"
    sed -n 's/^[a-z].* \**\(nwc_[a-z0-9_]*\)(.*/    \1;/p' Sources/CNWC/nwc.h
    echo "local: *; };"
} > "$target/libnwc.map"
# As swiftc -static-stdlib would, but from SwiftPM's list of objects: its archive keeps those of
# files that are gone.
swift=$(dirname "$(readlink -f "$(command -v swiftc)")")
static=$swift/../lib/swift_static/linux
objects=(
    "$static/$(uname -m)/swiftrt.o" "@$bin/nwc-objects.product/Objects.LinkFileList"
    -L"$static" -lswift_StringProcessing -lswift_RegexParser -lswift_Concurrency
    -lswiftSynchronization -lswiftGlibc -lswiftCore -ldispatch -lBlocksRuntime
)
# What nothing refers to goes. libgcc_s stays outside: inside, it asks for glibc 2.35. A Swift run
# time cannot be unloaded: nodelete.
"$swift/clang" -shared -fuse-ld=lld -o "$target/libnwc.so.$version" "${objects[@]}" \
    -Wl,-Bstatic -lstdc++ -Wl,-Bdynamic -lm \
    -Wl,-soname,"libnwc.so.$abi" -Wl,--version-script,"$target/libnwc.map" \
    -Wl,-z,nodelete -Wl,-z,defs -Wl,-z,now -Wl,--gc-sections -Wl,--strip-all

# Hashes of what modules were compiled from, in which their folder counts: nothing reads them.
hashes=.swift_modhash
objcopy --remove-section="$hashes" "$target/libnwc.so.$version"

# The same as one object, whose other symbols are its own affair.
"$swift/ld.lld" -r -o "$target/nwc.o" "${objects[@]}"
sed -n 's/^ *\(nwc_.*\);$/\1/p' "$target/libnwc.map" > "$target/symbols"
objcopy --strip-debug --remove-section="$hashes" --keep-global-symbols="$target/symbols" "$target/nwc.o"
rm -f "$target/libnwc.a"
ar crsD "$target/libnwc.a" "$target/nwc.o"
rm "$target/nwc.o" "$target/symbols"

sed "/^\/\* NWC_VERSION, /,/\*\/$/ c /* Of this header; nwc_version tells the library's. */\n#define NWC_VERSION \"$version\"" Sources/CNWC/nwc.h > "$target/nwc.h"
cat > "$target/nwc.pc" <<PC
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: nwc
Description: Neural waveform speech codec
Version: $version
Libs: -L\${libdir} -lnwc
Libs.private: -lstdc++ -lm
Cflags: -I\${includedir}
PC
