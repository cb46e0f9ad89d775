#!/usr/bin/env bash
# Installs the codecs that nwc-eval compares nwc with: Debian packages named in
# Sources/CodecComparison/Peers/*.json, and libopus 1.6.1 with its networks, built from Debian's
# source into .build/peers (Debian 12 has 1.3.1).
#   Scripts/peers.sh            the packages
#   Scripts/peers.sh nolace     libopus as well: a download of 9 MB and a minute or two of compiling
set -euo pipefail
cd "$(dirname "$0")/.."
packages=$(sed -n 's/^ *"packages": \[\(.*\)\],$/\1/p' Sources/CodecComparison/Peers/*.json |
    tr -d '"' | tr ',' '\n' | tr -d ' ' | sort -u)
# shellcheck disable=SC2086
Scripts/setup.sh $packages
[ "${1:-}" = nolace ] || exit 0

version=1.6.1
peers=$PWD/.build/peers
program=$peers/opus-peer
stamp="$version $(sha256sum Scripts/opus-peer.c | cut -c 1-16)"
if [ -x "$program" ] && [ "$(cat "$peers/opus-peer.stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi
Scripts/setup.sh gcc libc6-dev make xz-utils sox
work=$peers/opus
rm -rf "$work"
mkdir -p "$work"/{lists/partial,cache/archives/partial,state}
touch "$work/status"
# Debian's next release and the one after it, with lists of their own: this system's stay as they are.
for suite in forky sid; do
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
        "http://deb.debian.org/debian $suite main"
done > "$work/sources.list"
cat > "$work/apt.conf" <<CONF
Dir::State "$work/state"; Dir::State::lists "$work/lists"; Dir::State::status "$work/status";
Dir::Cache "$work/cache"; Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "/dev/null"; APT::Sandbox::User "root";
CONF
export APT_CONFIG=$work/apt.conf
apt-get update -qq
# The signed list of sources holds the archive's checksum, which apt checks.
source=$(apt-cache showsrc opus | sed -n "s/^Version: \($version-[^ ]*\)\$/\1/p" | head -n 1)
[ -n "$source" ] || { echo "peers: Debian has no source of opus $version" >&2; exit 1; }
(cd "$work" && apt-get source -qq --download-only "opus=$source" >&2)
unset APT_CONFIG
tar -xJf "$work/opus_$version.orig.tar.xz" -C "$work"
echo "peers: compiling libopus $version" >&2
(
    cd "$work/opus-$version"
    ./configure --quiet --enable-osce --disable-shared --disable-doc --disable-extra-programs \
        CFLAGS=-O2 > configure.log
    make -s -j "$(nproc)" libopus.la > make.log 2>&1 || { tail -n 5 make.log >&2; exit 1; }
)
gcc -O2 -Wall -Wextra -Werror -o "$program" Scripts/opus-peer.c \
    -I "$work/opus-$version/include" "$work/opus-$version/.libs/libopus.a" -lm

# The networks must change what is heard, or the peer is not what its name says.
sox -q -R -n -t raw -r 16000 -e signed -b 16 -c 1 "$work/in.raw" \
    synth 2 sawtooth 90-180 synth 2 pinknoise mix synth 2 sine amod 3 0 gain -12 2> /dev/null
"$program" encode 9000 "$work/in.raw" "$work/coded"
for complexity in 0 7; do "$program" decode $complexity "$work/coded" "$work/out$complexity"; done
if cmp -s "$work/out0" "$work/out7"; then
    echo "peers: the decoder's networks do nothing" >&2
    exit 1
fi
rm -rf "$work"
echo "$stamp" > "$peers/opus-peer.stamp"
