#!/usr/bin/env bash
# Completion scripts of all programs for bash, zsh and fish, written by the programs themselves.
# Usage: Scripts/completions.sh FOLDER; makes FOLDER/bash/PROGRAM, FOLDER/zsh/_PROGRAM, FOLDER/fish/PROGRAM.fish.
set -euo pipefail
target=${1:?usage: Scripts/completions.sh FOLDER}
mkdir -p "$target"/{bash,zsh,fish}
target=$(cd "$target" && pwd)
cd "$(dirname "$0")/.."
bin=$(swift build -c release --show-bin-path)
for program in $(cat Scripts/programs); do
    "$bin/$program" --generate-completion-script bash > "$target/bash/$program"
    "$bin/$program" --generate-completion-script zsh > "$target/zsh/_$program"
    "$bin/$program" --generate-completion-script fish > "$target/fish/$program.fish"
done
# They are read by a shell and not run: no interpreter.
sed -i '1 { /^#!/d }' "$target"/bash/*
# nwc-info has a default subcommand, which takes files; the generator offers the names of subcommands alone.
sed -i "/COMPREPLY+=(\$(compgen -W 'show strip help'/a\\
        __nwc-info_add_completions -o plusdirs -fX '!*.@(nwc|nwm|nwp)'" "$target/bash/nwc-info"
sed -i "/_describe -V subcommand subcommands && ret=0/a\\
        _files -g '*.(nwc|nwm|nwp)' && ret=0" "$target/zsh/_nwc-info"
echo "complete -c 'nwc-info' -n '__nwc-info_should_offer_completions_for_positional \"nwc-info\" -eq 1' -F" >> "$target/fish/nwc-info.fish"
