#!/usr/bin/env bash
# The codec on arm64, under emulation, against this machine: Scripts/check-arm64.sh [kernels]
# First the C kernels, then the whole codec core; "kernels" leaves out the second part, which needs Swift for arm64: that of Debian 13, 0.9 GB,
# fetched once into .build-arm64 (nothing of it is installed). Everything is compared bit for bit. x86-64 only.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(uname -m)" = x86_64 ] || { echo "check-arm64: this machine is no x86-64" >&2; exit 69; }
Scripts/setup.sh qemu-user-static libc6-dev-arm64-cross libgcc-12-dev-arm64-cross sox
work=.build-arm64
mkdir -p "$work"
# As in Package.swift
flags=(-O3 -ffp-contract=off -fno-math-errno -std=c17 -ISources/CKernels/include)
fail() { echo "check-arm64: $*" >&2; exit 1; }

kernels=(Sources/CKernels/*/*.c)
clang "${flags[@]}" -o "$work/kernels-here" Tests/Architectures/kernels.c "${kernels[@]}" -lm
clang --target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include --gcc-install-dir=/usr/lib/gcc-cross/aarch64-linux-gnu/12 \
    -B/usr/aarch64-linux-gnu/lib -L/usr/aarch64-linux-gnu/lib -fuse-ld=lld -static "${flags[@]}" -o "$work/kernels-arm64" \
    Tests/Architectures/kernels.c "${kernels[@]}" -lm
"$work/kernels-here" portable > "$work/kernels"
for path in avx2 avx512; do
    if "$work/kernels-here" $path > "$work/other" 2> /dev/null; then diff "$work/kernels" "$work/other" || fail "$path differs from the portable path"; fi
done
for path in portable neon; do
    qemu-aarch64-static "$work/kernels-arm64" $path > "$work/other"
    diff "$work/kernels" "$work/other" || fail "arm64 $path differs from x86-64"
done
echo "kernels: $(sed -n 's/^values //p' "$work/kernels") values the same on x86-64 and arm64, portable and NEON; largest difference 0"
[ "${1:-}" != kernels ] || exit 0

root=$PWD/$work/debian13
if [ ! -e "$root/complete" ]; then
    mkdir -p "$root"/{lists/partial,cache/archives/partial,state,debs,arm64/usr,amd64/usr}
    touch "$root/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main" > "$root/sources.list"
    cat > "$root/apt.conf" <<CONF
Dir::State "$root/state"; Dir::State::lists "$root/lists"; Dir::State::status "$root/status"; Dir::Cache "$root/cache";
Dir::Etc::sourcelist "$root/sources.list"; Dir::Etc::sourceparts "/dev/null"; APT::Architectures {"amd64"; "arm64";}; APT::Sandbox::User "root";
CONF
    echo "check-arm64: fetching Swift for arm64, 0.9 GB" >&2
    APT_CONFIG=$root/apt.conf apt-get update -qq
    (
        # The compiler runs here with libraries of its own; modules and libraries that it compiles for are those of arm64.
        cd "$root/debs"
        APT_CONFIG=$root/apt.conf apt-get download -qq linux-libc-dev \
            {swiftlang,libswiftlang,libc6,libgcc-s1,libstdc++6,libxml2}:{amd64,arm64} {libc6-dev,libgcc-14-dev,libstdc++-14-dev}:arm64 \
            {libedit2,libncurses6,libtinfo6,libsqlite3-0,libuuid1,libzstd1,zlib1g,liblzma5,libbsd0,libmd0}:amd64
        for deb in *_amd64.deb; do dpkg -x "$deb" ../amd64; done
        for deb in *_arm64.deb *_all.deb; do dpkg -x "$deb" ../arm64; done
    )
    # Linker scripts name /lib.
    [ -e "$root/arm64/lib" ] || ln -s usr/lib "$root/arm64/lib"
    rm -r "$root/debs"
    touch "$root/complete"
fi

objects=$PWD/$work/objects swift=usr/libexec/swift
mkdir -p "$objects"
for name in CKernels CSHA256; do
    printf 'module %s {\n    umbrella header "%s/Sources/%s/include/%s.h"\n    export *\n}\n' $name "$PWD" $name $name
done > "$objects/module.modulemap"
# NAME FILE...: a module for arm64
module() {
    local name=$1
    shift
    "$root/amd64/usr/lib64/ld-linux-x86-64.so.2" \
        --library-path "$root/amd64/usr/lib/x86_64-linux-gnu:$root/amd64/$swift/lib/swift/linux:$root/amd64/$swift/lib" \
        "$root/amd64/$swift/bin/swift-frontend" -frontend -c -O -whole-module-optimization -suppress-warnings -parse-as-library \
        -target aarch64-unknown-linux-gnu -resource-dir "$root/arm64/$swift/lib/swift" -sdk "$root/arm64" -swift-version 6 -package-name nwc \
        -I "$objects" -module-name "$name" -emit-module -emit-module-path "$objects/$name.swiftmodule" -o "$objects/$name.o" "$@"
}
for name in SignalProcessing SpectralTransform NeuralNetwork LPCModule CMRLCodec; do
    mapfile -t files < <(find "Sources/$name" -name '*.swift' | sort)
    module $name "${files[@]}"
done
module ArchitectureCheck Tests/Architectures/ArchitectureCheck.swift
clang --target=aarch64-linux-gnu --sysroot="$root/arm64" -fuse-ld=lld "${flags[@]}" -o "$work/check-arm64" "${kernels[@]}" \
    -ISources/CSHA256/include Sources/CSHA256/sha256.c \
    "$root/arm64/$swift/lib/swift/linux/aarch64/swiftrt.o" "$objects"/{SignalProcessing,SpectralTransform,NeuralNetwork,LPCModule,CMRLCodec,ArchitectureCheck}.o \
    -L"$root/arm64/$swift/lib/swift/linux" -lswiftCore -lswift_Concurrency -lswift_StringProcessing -lswiftSynchronization -lswiftGlibc -lm \
    -Wl,--allow-shlib-undefined

bin=${BIN:-$(swift build -c release --show-bin-path)}
[ -x "$bin/architecture-check" ] && [ -x "$bin/nwc-enc" ] || swift build -c release
default=Sources/CBuiltInModel/default.nwm streams=()
sox -q -R -n -t raw -r 16000 -e signed -b 16 -c 2 "$work/in.raw" \
    synth 4 sawtooth 90-180 synth 4 pinknoise mix synth 4 sine amod 3 0 gain -12 2> /dev/null
for options in "-b 12" "-b 32 --key-interval 5 --packet-blocks 20" "-b 80 --layers 2"; do
    stream="$work/stream${#streams[@]}.nwc"
    # shellcheck disable=SC2086
    "$bin/nwc-enc" -q -f $options --raw --raw-rate 16000 --raw-chan 2 "$work/in.raw" "$stream"
    streams+=("$default $stream")
done
for name in mono coarse stereo-2-layers; do streams+=("TestVectors/codec/tiny.nwm TestVectors/codec/$name.nwc"); done
streams+=("TestVectors/codec/tiny-signs.nwm TestVectors/codec/signs-2-layers.nwc")
lines=0
for pair in "${streams[@]}"; do
    read -r model stream <<< "$pair"
    "$bin/architecture-check" "$model" "$stream" > "$work/here"
    for path in neon portable; do
        qemu-aarch64-static -L "$root/arm64" -E LD_LIBRARY_PATH=/$swift/lib/swift/linux -E NWC_SIMD=$path "$work/check-arm64" "$model" "$stream" > "$work/other"
        diff "$work/here" "$work/other" || fail "$stream: arm64 $path differs from x86-64"
    done
    lines=$((lines + $(wc -l < "$work/here")))
done
echo "codec: ${#streams[@]} streams, $lines decodings and encodings, the same symbols, samples and chunks on x86-64 and arm64, NEON and portable;" \
    "largest difference 0"
