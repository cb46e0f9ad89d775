#!/usr/bin/env bash
# Packages and tarball as users meet them: lintian finds no error; in a bare Debian 12 (mmdebstrap) the packages install, encode, decode and
# denoise the same bytes as here, and go away; the static programs do the same where there is nothing but them. Fetches about 60 MB.
# Usage: Scripts/check-distribution.sh [FOLDER]: with the packages and the tarball, else they are made. Needs root or user namespaces.
# REPEAT=1: makes them a second time, in another folder, and compares the bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh sox lintian mmdebstrap
version=$(Scripts/version.sh)
folder=${1:-}
if [ -z "$folder" ]; then
    folder=.build/packages
    rm -rf "$folder"
    Scripts/deb.sh "$folder"
    Scripts/dist.sh "$folder"
fi
folder=$(cd "$folder" && pwd)
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
fail() {
    echo "check-distribution: $*" >&2
    exit 1
}
packages=("$folder"/{nwc,libnwc0,libnwc-dev}_"$version-1"_*.deb)
tarball=$folder/nwc-$version-linux-x86_64.tar.gz
for file in "${packages[@]}" "$tarball"; do [ -e "$file" ] || fail "there is no $file"; done
found=$(lintian --no-cfg --fail-on none "${packages[@]}" | tee "$work/lintian" | grep '^E:' || true)
[ -z "$found" ] || fail "lintian: $found"

sox -q -R -n -t wav -r 16000 -b 16 -c 1 "$work/in.wav" synth 3 sawtooth 90-180 synth 3 pinknoise mix synth 3 sine amod 3 0 gain -12 2> /dev/null
# use FOLDER OUTPUT: what is compared, with the programs of a folder.
cat > "$work/use" << 'USE'
#!/bin/sh
set -e
export PATH="$1:$PATH"
mkdir "$2"
nwc-enc -q -b 12 "$3" "$2/a.nwc"
nwc-enc -q --rate-index 90 --denoise "$3" "$2/b.nwc"
nwc-dec -q "$2/a.nwc" "$2/a.wav"
nwc-dec -q --rate 44100 "$2/a.nwc" "$2/a.flac"
nwc-dec -q "$2/b.nwc" "$2/b.ogg"
nwc-denoise -q "$3" "$2/d.wav"
nwc-info "$2/a.nwc" > "$2/info"
nwc-eval score "$3" "$2/a.wav" > "$2/score"
nwc-eval spectrogram -f "$2/picture.png" "$2/a.wav" 2> /dev/null
nwc-train settings codec > "$2/settings"
nwc-enc --version > "$2/version"
USE
bin=$(swift build -c release --show-bin-path)
sh "$work/use" "$bin" "$work/here" "$work/in.wav"
compare() {
    local name
    for name in "$work/here"/*; do
        name=$(basename "$name")
        # Ogg has a random number of the stream, tables the names of files.
        case $name in *.ogg | info | score) [ -s "$work/$1/$name" ] ;; *) cmp "$work/here/$name" "$work/$1/$name" ;; esac ||
            fail "$1: $name differs"
    done
}

# The tarball in a root that has a shell and nothing else: it is busybox, statically linked as well.
Scripts/setup.sh busybox-static
mkdir -p "$work/empty"/{bin,tmp,dev,proc}
tar -xzf "$tarball" -C "$work/empty"
cp "$work/use" "$work/in.wav" "$work/empty/tmp"
for name in sh mkdir; do cp /bin/busybox "$work/empty/bin/$name"; done
top=/nwc-$version-linux-x86_64
# Swift's run time looks for itself through /proc, and ends the program where there is none.
unshare -r -m sh -ec 'mount --rbind /proc "$1/proc"; exec chroot "$1" /bin/sh /tmp/use "$2/bin" /tmp/out /tmp/in.wav' - "$work/empty" "$top" || fail "the static programs do not work alone"
mv "$work/empty/tmp/out" "$work/static"
compare static
for name in $(cat Scripts/programs); do
    found=$(readelf -d "$work/empty$top/bin/$name" | grep NEEDED || true)
    [ -z "$found" ] || fail "static $name needs $found"
done
mkdir "$work/unpacked"
for file in "${packages[@]}"; do dpkg-deb -x "$file" "$work/unpacked"; done
# Terms of what lies inside.
documents=$work/unpacked/usr/share/doc
for words in "nwc|Swift project authors" "nwc|UNICODE LICENSE V3" "nwc|The Font Software may be sold as part" "nwc|Tavmjong Bah" \
    "libnwc0|Swift project authors" "libnwc0|GCC Runtime Library Exception" "libnwc-dev|GCC Runtime Library Exception"; do
    grep -q -F "${words#*|}" "$documents/${words%%|*}/copyright" || fail "${words%%|*}: nothing of \"${words#*|}\" in its copyright"
done
for package in nwc libnwc0 libnwc-dev; do cmp LICENSES.md "$documents/$package/LICENSES.md" || fail "$package: no LICENSES.md"; done
for words in "UNICODE LICENSE V3" "The Font Software may be sold as part" "The FreeType Project" "GNU LESSER GENERAL PUBLIC LICENSE" "Runtime Library Exception"; do
    grep -q -F "$words" "$work/empty$top/share/doc/nwc/LICENSES-OF-LIBRARIES" || fail "tarball: no terms \"$words\""
done
# No folder of this machine stands in what others get.
found=$(grep -r -a -l -F -e "$PWD" -e "$HOME/" "$work/unpacked" "$work/empty$top" | head -n 3 || true)
[ -z "$found" ] || fail "$PWD stands in $found"

# A bare Debian 12.
mmdebstrap --quiet --variant=apt --components=main \
    --customize-hook='mkdir "$1/packages"' \
    --customize-hook="cp ${packages[*]} $work/in.wav $work/use \"\$1/packages\"" \
    --customize-hook='chroot "$1" sh -ec "
        apt-get -qq install -y --no-install-recommends /packages/nwc_*.deb /packages/libnwc0_*.deb > /packages/log 2>&1 ||
            { cat /packages/log; exit 1; }
        sh /packages/use /usr/bin /packages/out /packages/in.wav
        ldconfig -p | grep -q libnwc.so.0
        apt-get -qq purge -y nwc libnwc0 >> /packages/log 2>&1
        if find / -xdev -path /proc -prune -o -path /packages -prune -o -name \"*nwc*\" -print | grep .; then exit 1; fi"' \
    --customize-hook="cp -r \"\$1/packages/out\" $work/debian" \
    bookworm /dev/null > "$work/log" 2>&1 || fail "bare Debian: $(tail -n 20 "$work/log")"
compare debian

repeated=
if [ -n "${REPEAT:-}" ]; then
    git clone -q . "$work/again"
    (cd "$work/again" && Scripts/deb.sh "$work/second" && Scripts/dist.sh "$work/second") > "$work/log" 2>&1 ||
        fail "the second time: $(tail -n 20 "$work/log")"
    for file in "${packages[@]}" "$tarball"; do
        other=$work/second/$(basename "$file")
        cmp "$file" "$other" && continue
        for folder in one two; do mkdir -p "$work/differs/$folder"; done
        case $file in
            *.deb) dpkg-deb -R "$file" "$work/differs/one" && dpkg-deb -R "$other" "$work/differs/two" ;;
            *) tar -xzf "$file" -C "$work/differs/one" && tar -xzf "$other" -C "$work/differs/two" ;;
        esac
        fail "other bytes the second time: $(cd "$work/differs" && diff -rq one two | tr '\n' ' ')"
    done
    repeated="; the same bytes from two folders"
fi
echo "check-distribution: ${#packages[@]} packages, lintian: no error, $(grep -c '^W:' "$work/lintian" || true) warnings; the same bytes on a bare" \
    "Debian 12 and, static, with nothing but a shell$repeated"
