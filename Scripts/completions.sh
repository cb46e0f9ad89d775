#!/usr/bin/env bash
# Completion scripts of all programs for bash, zsh and fish, written by the programs themselves.
# Usage: Scripts/completions.sh FOLDER; makes FOLDER/bash/PROGRAM, FOLDER/zsh/_PROGRAM, FOLDER/fish/PROGRAM.fish.
set -euo pipefail
target=${1:?usage: Scripts/completions.sh FOLDER}
mkdir -p "$target"/{bash,zsh,fish}
target=$(cd "$target" && pwd)
cd "$(dirname "$0")/.."
bin=$(swift build -c release --show-bin-path)
for program in nwc-enc nwc-dec nwc-info nwc-train nwc-eval; do
    "$bin/$program" --generate-completion-script bash > "$target/bash/$program"
    "$bin/$program" --generate-completion-script zsh > "$target/zsh/_$program"
    "$bin/$program" --generate-completion-script fish > "$target/fish/$program.fish"
done
