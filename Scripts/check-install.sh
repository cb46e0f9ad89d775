#!/usr/bin/env bash
# Installs into an empty folder, checks what arrived, uninstalls, and checks that nothing is left.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh mandoc zsh fish binutils
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
fail() {
    echo "check-install: $*" >&2
    exit 1
}
make --no-print-directory -s install DESTDIR="$root" PREFIX=/opt/nwc
share=$root/opt/nwc/share
# What a program would need for the network: calls of the C library, the part of Foundation and libraries that have them. Foundation itself, whose archives the
# programs have inside, and libsndfile import such calls for uses that the programs do not make; they are not looked into: the objects that a program is
# linked from are. Child processes of nwc-eval are other programs.
objects=$(swift build -c release --show-bin-path)
calls='socket|socketpair|connect|bind|listen|accept4?|send(to|msg|mmsg)?|recv(from|msg|mmsg)?|getaddrinfo|gethostby[a-z0-9_]*|getnameinfo|res_[a-z0-9_]*|__res_[a-z]*'
loading='dlopen|dlsym'
calls+='|CFSocket[A-Za-z]*|CFStream[A-Za-z]*|curl_[a-z_]*|SSL_[A-Za-z_]*|nw_[a-z_]*'
libraries='libFoundationNetworking|libcurl|libssl|libcares|libresolv|libnghttp'
for program in $(cat Scripts/programs); do
    # Into variables first: grep -q would close the pipe early, which pipefail takes for a failure.
    help=$("$root/opt/nwc/bin/$program" --help)
    [[ $help == *USAGE* ]] || fail "$program --help says nothing"
    page=$share/man/man1/$program.1
    mandoc -T lint -W error "$page" || fail "$page is not clean"
    # Bold letters are struck twice.
    text=$(mandoc -T ascii "$page" | sed 's/.\x08//g')
    [[ $text == *--help* ]] || fail "$page does not list the options"
    imports=$(xargs nm --undefined-only < "$objects/$program.product/Objects.LinkFileList" | awk 'NF == 2 { print $2 }' | sort -u)
    [[ $imports == *memcpy* ]] || fail "$program: no imports found"
    # nwc-train loads MPI, where mpirun started it.
    unwanted=$calls
    [ "$program" = nwc-train ] || unwanted+="|$loading"
    found=$(grep -E -x "$unwanted" <<< "$imports" || true)
    [ -z "$found" ] || fail "$program imports "$found
    found=$(readelf -d "$root/opt/nwc/bin/$program" | grep NEEDED | grep -E "$libraries" || true)
    [ -z "$found" ] || fail "$program is linked with $found"
    # No Swift is needed where it runs, and nothing is there for debuggers.
    found=$(readelf -d "$root/opt/nwc/bin/$program" | grep -E 'NEEDED.*(swift|Foundation|dispatch|Blocks)|RPATH|RUNPATH.*\[.*/' || true)
    [ -z "$found" ] || fail "$program needs $found"
    found=$(readelf -S -W "$root/opt/nwc/bin/$program" | grep -E '\.(symtab|debug_info|swift_modhash)' || true)
    [ -z "$found" ] || fail "$program is not stripped: $found"
    # No library under the GPL (LICENSES.md); to encode and decode, none of training and pictures.
    unwanted='fftw'
    case $program in nwc-enc | nwc-dec | nwc-denoise | nwc-info) unwanted+='|blas|lapack|gfortran|libpng|freetype' ;; esac
    found=$(readelf -d "$root/opt/nwc/bin/$program" | grep NEEDED | grep -i -E "$unwanted" || true)
    [ -z "$found" ] || fail "$program is linked with $found"
    # One import of Foundation instead of FoundationEssentials brings 40 MB of ICU's tables.
    size=$(stat -c %s "$root/opt/nwc/bin/$program")
    case $program in
    nwc-enc | nwc-dec | nwc-denoise | nwc-info) [ "$size" -lt 40000000 ] || fail "$program has $size bytes" ;;
    esac
    bash -n "$share/bash-completion/completions/$program" || fail "bash completion of $program"
    zsh -n "$share/zsh/site-functions/_$program" || fail "zsh completion of $program"
    fish --no-execute "$share/fish/vendor_completions.d/$program.fish" || fail "fish completion of $program"
done
for name in LICENSE LICENSES.md; do
    cmp -s "$name" "$share/doc/nwc/$name" || fail "$share/doc/nwc/$name is not $name"
done
# bash really completes an option of nwc-enc.
bash -c '
    source "$1"
    COMP_WORDS=(nwc-enc --bitr) COMP_CWORD=1 COMP_LINE="nwc-enc --bitr" COMP_POINT=14
    _nwc-enc nwc-enc --bitr nwc-enc
    [[ " ${COMPREPLY[*]} " == *" --bitrate "* ]]
' - "$share/bash-completion/completions/nwc-enc" || fail "bash does not complete --bitr"
# It completes the streams of nwc-info, whose subcommand need not be said, and folders of nwc-train.
mkdir -p "$root/words/runs"
touch "$root/words/talk.nwc"
bash -c '
    cd "$1/words"
    for program in nwc-info nwc-train; do source "$2/$program"; done
    COMP_WORDS=(nwc-info ta) COMP_CWORD=1 COMP_LINE="nwc-info ta" COMP_POINT=11
    _nwc-info nwc-info ta nwc-info
    [[ " ${COMPREPLY[*]} " == *" talk.nwc "* ]]
    COMPREPLY=() COMP_WORDS=(nwc-train resume ru) COMP_CWORD=2 COMP_LINE="nwc-train resume ru" COMP_POINT=19
    _nwc-train nwc-train ru resume
    [[ " ${COMPREPLY[*]} " == *" runs "* ]]
' - "$root" "$share/bash-completion/completions" || fail "bash does not complete files and folders"
rm -r "$root/words"
# Where the kernel lets users have one: everything works in a network namespace that has nothing, not even a loopback device that is up.
network="imports no network calls"
if unshare -r -n true 2> /dev/null; then
    bin=$root/opt/nwc/bin
    head -c 64000 /dev/zero > "$root/in.raw"
    unshare -r -n bash -e -c '
        [ -z "$(ip -o link show up 2> /dev/null)" ]
        "$1/nwc-enc" -q --raw --raw-rate 16000 "$2/in.raw" "$2/x.nwc"
        "$1/nwc-dec" -q "$2/x.nwc" "$2/x.wav"
        "$1/nwc-info" "$2/x.nwc" > /dev/null
    ' - "$bin" "$root" || fail "the programs do not work without a network"
    rm "$root"/in.raw "$root"/x.*
    network+=", works without a network"
fi
# The same for mounts: everything works where the toolchain is hidden.
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swiftc)")")")/lib/swift
alone="needs no Swift"
if unshare -r -m true 2> /dev/null; then
    unshare -r -m bash -e -c '
        mount -t tmpfs none "$3"
        [ -z "$(find "$3" -name "libswiftCore*")" ]
        head -c 64000 /dev/zero > "$2/in.raw"
        "$1/nwc-enc" -q --raw --raw-rate 16000 "$2/in.raw" "$2/x.nwc"
        "$1/nwc-dec" -q "$2/x.nwc" "$2/x.wav"
        "$1/nwc-info" "$2/x.nwc" > /dev/null
        "$1/nwc-eval" score "$2/x.wav" "$2/x.wav" > /dev/null
        "$1/nwc-train" settings paper > /dev/null
    ' - "$root/opt/nwc/bin" "$root" "$toolchain" || fail "the programs do not work without Swift"
    rm "$root"/in.raw "$root"/x.*
    alone="works without Swift"
fi
make --no-print-directory -s uninstall DESTDIR="$root" PREFIX=/opt/nwc
left=$(find "$root" -type f)
[ -z "$left" ] || fail "uninstall left $left"
echo "check-install: $(wc -l < Scripts/programs) programs, manual pages, completions; $network; $alone; installed and removed"
