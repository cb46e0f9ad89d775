#!/usr/bin/env bash
# Manual pages of all programs (mdoc), made from their own command lines by swift-argument-parser's GenerateManual plugin, with the sections of
# Scripts/man/PROGRAM.mdoc behind them.
# Usage: Scripts/man.sh FOLDER. The date in the pages is that of SOURCE_DATE_EPOCH, else of the last commit, so that pages are reproducible.
set -euo pipefail
target=${1:?usage: Scripts/man.sh FOLDER}
mkdir -p "$target"
target=$(cd "$target" && pwd)
cd "$(dirname "$0")/.."
if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
    date=$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)
else
    date=$(git log -1 --format=%cs 2>/dev/null || date -u +%F)
fi
outputs=.build/plugins/GenerateManual/outputs
rm -rf "$outputs"
swift package generate-manual --date "$date" >&2
for program in $(cat Scripts/programs); do
    page=$(find "$outputs" -name "$program.1" | head -n 1)
    if [ -z "$page" ]; then
        echo "man: no page was made for $program" >&2
        exit 1
    fi
    # Options and arguments without a word of help leave empty lines, which mdoc does not allow.
    # What the plugin says about exit statuses is too little.
    sed -e '/^$/d' -e '/^\.Sh "EXIT STATUS"$/d' -e '/^\.Ex -std$/d' "$page" > "$target/$program.1"
    cat >> "$target/$program.1" <<'EXIT_STATUS'
.Sh "EXIT STATUS"
0 on success, 1 if something failed while running (of several inputs, the others are still worked on), 64 if the command line makes no sense.
EXIT_STATUS
    # The generator takes arguments for subcommands, and knows no default one.
    case "$program" in
    nwc-enc | nwc-dec | nwc-denoise) sed -i '0,/^\.Ar subcommand$/{/^\.Ar subcommand$/d}' "$target/$program.1" ;;
    nwc-info)
        sed -i -e '0,/^\.Oo$/s//.Op Fl -json/' -e '0,/^\.Ar subcommand$/s//.Op Fl v/' -e '0,/^\.Oc$/s//.Ar/' \
            -e '0,/^\.Sh DESCRIPTION$/s//.Nm\n.Cm strip\n.Fl -layers Ar n\n.Ar input output\n&/' "$target/$program.1"
        ;;
    esac
    # Examples, environment, files, what else to read.
    cat "Scripts/man/$program.mdoc" >> "$target/$program.1"
done
