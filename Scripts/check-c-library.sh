#!/usr/bin/env bash
# The C library as other programs meet it: installed into an empty folder, found by pkg-config, used
# by Examples/c/codec.c and the programs of Tests/CLibrary. The same bytes as nwc-enc's and the same
# samples as nwc-dec's; what programs that were compiled once rely on is as in
# Tests/CLibrary/abi.txt; wrong use and hostile input come back as numbers; two threads.
# Usage: Scripts/check-c-library.sh [sanitize|accept], after `swift build -c release`.
# sanitize: also under the address sanitizer and valgrind. accept: writes abi.txt anew.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-}
packages=(sox binutils gcc g++ libc6-dev pkg-config)
[ "$mode" != sanitize ] || packages+=(valgrind)
Scripts/setup.sh "${packages[@]}"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
fail() {
    echo "check-c-library: $*" >&2
    exit 1
}
bin=$(swift build -c release --show-bin-path)
make --no-print-directory -s install-library DESTDIR="$root" PREFIX=/opt/nwc
lib=$root/opt/nwc/lib
library=$(readlink -f "$lib/libnwc.so")
# The folder is not where the library will live: pkg-config is told so.
export PKG_CONFIG_PATH=$lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
export LD_LIBRARY_PATH=$lib
read -ra flags <<< "$(pkg-config --cflags --libs nwc)"

# compile NAME FILE [FLAG...]
compile() {
    gcc -std=c99 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror -O1 "${@:3}" "$2" \
        -o "$root/$1" "${flags[@]}" -lm -pthread
}
compile codec Examples/c/codec.c
compile abi Tests/CLibrary/abi.c
compile hostile Tests/CLibrary/hostile.c
compile threads Tests/CLibrary/threads.c
cat > "$root/header.cc" << 'CPLUSPLUS'
#include <nwc.h>
int main() {
    nwc_encoder_options options = {};
    return nwc_version() == nullptr || options.size != 0;
}
CPLUSPLUS
g++ -Wall -Wextra -Werror "$root/header.cc" -o "$root/header" "${flags[@]}" && "$root/header" ||
    fail "nwc.h from C++"

# The static library, in a program that needs nothing at all, and one that leaves out what it can.
read -ra static <<< "$(pkg-config --cflags --libs --static nwc)"
found=$(nm -g --defined-only "$lib/libnwc.a" | awk 'NF == 3 && $3 !~ /^nwc_/ { print $3 }')
[ -z "$found" ] || fail "libnwc.a defines "$found
gcc -std=c99 Examples/c/codec.c -o "$root/codec-static" -static -Wl,--gc-sections "${static[@]}" \
    2> "$root/log" || fail "static: $(cat "$root/log")"

# What is exported, and what is needed: no library but those of C.
{
    export LC_ALL=C
    nm -D --defined-only "$library" | awk '$2 != "A" { print "symbol " $3 }' | sort
    readelf -d "$library" | sed -n 's/.*Library soname: \[\(.*\)\]/soname \1/p'
    readelf -d "$library" | sed -n 's/.*(NEEDED).*\[\(lib.*\)\]/needs \1/p' | sort
    "$root/abi"
} > "$root/abi.txt"
[ "$mode" != accept ] || cp "$root/abi.txt" Tests/CLibrary/abi.txt
diff Tests/CLibrary/abi.txt "$root/abi.txt" ||
    fail "programs that were compiled with an older nwc.h would notice: see Docs/c-api.md"
# Bytes that depend on the folder it was made in (Scripts/c-library.sh).
found=$(readelf -S -W "$library" | grep -o swift_modhash || true)
[ -z "$found" ] || fail "libnwc.so has a section $found"
# Swift's run time has calls for crash reports (dlopen, socketpair, execvpe), which are off; none
# that reach a network.
calls='socket|connect|bind|listen|accept4?|send(to|msg|mmsg)?|recv(from|msg|mmsg)?|getaddrinfo'
found=$(nm -D --undefined-only "$library" | awk '{ sub(/@.*/, "", $NF); print $NF }' |
    grep -E -x "$calls|gethostby[a-z0-9_]*|getnameinfo" || true)
[ -z "$found" ] || fail "libnwc.so imports "$found
read -r version header <<< "$("$root/codec" version)"
[ "$version" = "$header" ] && [ "$version" = "$(pkg-config --modversion nwc)" ] ||
    fail "version $version, $header in nwc.h, $(pkg-config --modversion nwc) in nwc.pc"

# 20 s of a sawtooth whose pitch rises and falls, and noise
sox -q -R -n -t raw -r 16000 -e signed -b 16 -c 1 "$root/in.raw" \
    synth 10 sawtooth 90-180 synth 10 pinknoise mix synth 10 sine amod 3 0 gain -12 repeat 1 \
    2> /dev/null
raw=(-q -f --raw --raw-rate 16000 "$root/in.raw")
"$bin/nwc-enc" -b 12 "${raw[@]}" "$root/whole.nwc"
"$root/codec" encode 12000 < "$root/in.raw" > "$root/c.nwc"
cmp "$root/whole.nwc" "$root/c.nwc" || fail "encode: other bytes than nwc-enc's"
"$root/codec-static" encode 12000 < "$root/in.raw" > "$root/c.nwc"
cmp "$root/whole.nwc" "$root/c.nwc" || fail "static library: other bytes than nwc-enc's"
"$bin/nwc-enc" --rate-index 120 "${raw[@]}" "$root/index.nwc"
"$root/codec" stream 120 < "$root/in.raw" > "$root/c.nwc"
cmp "$root/index.nwc" "$root/c.nwc" || fail "stream: other bytes than nwc-enc's"
for name in whole index; do
    "$bin/nwc-dec" -q -f --raw "$root/$name.nwc" "$root/$name.raw"
    "$root/codec" decode < "$root/$name.nwc" > "$root/c.raw"
    cmp "$root/$name.raw" "$root/c.raw" || fail "decode: other samples than nwc-dec's"
done
for program in codec codec-static; do
    "$root/$program" simulate 120 < "$root/in.raw" > "$root/c.raw"
    cmp "$root/index.raw" "$root/c.raw" || fail "$program: simulate: other samples than nwc-dec's"
done
"$root/codec" call 16000 10 < "$root/in.raw" > "$root/heard.raw" 2> "$root/log" ||
    fail "call: $(cat "$root/log")"
size=$(stat -c %s "$root/heard.raw")
[ "$size" -eq 640000 ] || fail "call: $size bytes of sound instead of 640000"
grep -q ' 100 blocks concealed' "$root/log" || fail "call: $(cat "$root/log")"
"$bin/nwc-denoise" -q -f --raw --raw-rate 16000 --raw-output "$root/in.raw" "$root/clean.raw"
"$root/codec" denoise < "$root/in.raw" > "$root/c.raw"
cmp "$root/clean.raw" "$root/c.raw" || fail "denoise: other samples than nwc-denoise's"
! cmp -s "$root/in.raw" "$root/c.raw" || fail "denoise: nothing changed"
info=$("$root/codec" info < "$root/whole.nwc")
[[ $info == "320000 samples at 16000 Hz, 1 channels, 1 layers, "* ]] || fail "info: $info"

hostile=$("$root/hostile" TestVectors/codec/tiny.nwm TestVectors/codec/patched.nwc) || fail "hostile: $hostile"
threads=$("$root/threads" 2 4) || fail "threads: $threads"
# Not linked with the library.
read -ra include <<< "$(pkg-config --cflags nwc)"
gcc -std=c99 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror Tests/CLibrary/reload.c \
    -o "$root/reload" "${include[@]}" -ldl
"$root/reload" "$library" || fail "reload ends with $?"
if [ "$mode" = sanitize ]; then
    sanitizers=(-g -fsanitize=address,undefined -fno-sanitize-recover)
    compile codec-asan Examples/c/codec.c "${sanitizers[@]}"
    compile hostile-asan Tests/CLibrary/hostile.c "${sanitizers[@]}"
    head -c 96000 "$root/in.raw" > "$root/short.raw"
    "$root/codec" encode 12000 < "$root/short.raw" > "$root/short.nwc"
    valgrind=(valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite)
    while read -r input arguments; do
        for runner in "$root/codec-asan" "${valgrind[*]} $root/codec"; do
            # shellcheck disable=SC2086
            $runner $arguments < "$root/$input" > "$root/sanitized" 2> "$root/log" ||
                fail "$runner $arguments: $(cat "$root/log")"
        done
    done << 'COMMANDS'
short.raw encode 12000
short.raw stream 120
short.raw call 16000 5
short.raw simulate 120
short.nwc decode
short.raw denoise
short.nwc info
COMMANDS
    "$root/hostile-asan" TestVectors/codec/tiny.nwm TestVectors/codec/patched.nwc > "$root/log" 2>&1 ||
        fail "hostile, address sanitizer: $(cat "$root/log")"
    hostile+=", clean under the address sanitizer; the example under valgrind, too"
fi
make --no-print-directory -s uninstall DESTDIR="$root" PREFIX=/opt/nwc
[ ! -e "$library" ] || fail "uninstall left $library"
echo "check-c-library: libnwc $version; the programs' bytes and samples; hostile: $hostile;" \
    "$threads"
