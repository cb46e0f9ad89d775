#!/usr/bin/env bash
# Installs into an empty folder, checks what arrived, uninstalls, and checks that nothing is left.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh mandoc zsh fish
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
fail() {
    echo "check-install: $*" >&2
    exit 1
}
make --no-print-directory -s install DESTDIR="$root" PREFIX=/opt/nwc
share=$root/opt/nwc/share
for program in nwc-enc nwc-dec nwc-info nwc-train nwc-eval; do
    # Into variables first: grep -q would close the pipe early, which pipefail takes for a failure.
    help=$("$root/opt/nwc/bin/$program" --help)
    [[ $help == *USAGE* ]] || fail "$program --help says nothing"
    page=$share/man/man1/$program.1
    mandoc -T lint -W error "$page" || fail "$page is not clean"
    # Bold letters are struck twice.
    text=$(mandoc -T ascii "$page" | sed 's/.\x08//g')
    [[ $text == *--help* ]] || fail "$page does not list the options"
    bash -n "$share/bash-completion/completions/$program" || fail "bash completion of $program"
    zsh -n "$share/zsh/site-functions/_$program" || fail "zsh completion of $program"
    fish --no-execute "$share/fish/vendor_completions.d/$program.fish" || fail "fish completion of $program"
done
# bash really completes an option of nwc-enc.
bash -c '
    source "$1"
    COMP_WORDS=(nwc-enc --bitr) COMP_CWORD=1 COMP_LINE="nwc-enc --bitr" COMP_POINT=14
    _nwc-enc nwc-enc --bitr nwc-enc
    [[ " ${COMPREPLY[*]} " == *" --bitrate "* ]]
' - "$share/bash-completion/completions/nwc-enc" || fail "bash does not complete --bitr"
make --no-print-directory -s uninstall DESTDIR="$root" PREFIX=/opt/nwc
left=$(find "$root" -type f)
[ -z "$left" ] || fail "uninstall left $left"
echo "check-install: 5 programs, manual pages, completions; installed and removed"
