#!/usr/bin/env bash
# HTML documentation of the library modules, by the toolchain's own symbol-graph extractor and DocC; no package plugin needed.
# Usage: Scripts/docs.sh FOLDER. Serve it with any web server; its pages load their contents, which browsers do not let files do.
set -euo pipefail
target=${1:?usage: Scripts/docs.sh FOLDER}
cd "$(dirname "$0")/.."
tools=$(dirname "$(readlink -f "$(command -v swift)")")
for tool in docc swift-symbolgraph-extract; do
    if [ ! -x "$tools/$tool" ]; then
        echo "docs: $tool is missing from the Swift toolchain in $tools; install a complete toolchain from swift.org" >&2
        exit 1
    fi
done
swift build -c release
bin=$(swift build -c release --show-bin-path)
triple=$(swiftc -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p')
work=.build/symbol-graphs
rm -rf "$work" "$target"
mkdir -p "$work" "$target"
includes=()
# Headers of system libraries, where Package.swift finds them.
for library in $(sed -n 's/.*pkgConfig: "\([^"]*\)".*/\1/p' Package.swift); do
    for flag in $(pkg-config --cflags-only-I "$library"); do includes+=(-Xcc "$flag"); done
done
for map in Sources/*/module.modulemap "$bin"/*.build/module.modulemap; do includes+=(-Xcc "-fmodule-map-file=$map"); done
# Every library module written in Swift; programs have no interface.
modules=()
for folder in Sources/*/; do
    module=$(basename "$folder")
    if [[ $module != nwc-* && -n $(find "$folder" -name '*.swift' -print -quit) ]]; then modules+=("$module"); fi
done
# Its row of the table of rooms, links as their words.
describe() {
    awk -F ' [|] ' -v name="| \`$1\`" '$1 == name { print $2; exit }' Docs/architecture.md |
        sed -E -e 's/ ?\(\[[^]]*\]\([^)]*\)\)//g' -e 's/; \[more\]\([^)]*\)//' \
            -e 's/ \(see below\)//' -e 's/\[([^]]*)\]\([^)]*\)/\1/g'
}
archives=()
for module in "${modules[@]}"; do
    mkdir -p "$work/$module"
    # The public face is made of another module's types.
    reexported=()
    [ "$module" != NWC ] || reexported=(-experimental-allowed-reexported-modules=CMRLCodec)
    "$tools/swift-symbolgraph-extract" -module-name "$module" -target "$triple" -I "$bin/Modules" "${includes[@]}" "${reexported[@]}" \
        -minimum-access-level public -skip-inherited-docs -output-dir "$work/$module"
    # Articles, where the module has some; else what Docs/architecture.md says that it holds.
    catalogue=Sources/$module/$module.docc
    if [ ! -d "$catalogue" ]; then
        catalogue=$work/$module.docc
        mkdir -p "$catalogue"
        about=$(describe "$module")
        if [ -z "$about" ]; then
            echo "docs: Docs/architecture.md does not say what $module holds" >&2
            exit 1
        fi
        printf '# ``%s``\n\n%s.\n' "$module" "${about^}" > "$catalogue/$module.md"
    fi
    "$tools/docc" convert "$catalogue" --additional-symbol-graph-dir "$work/$module" --fallback-display-name "$module" \
        --fallback-bundle-identifier "nwc.$module" --transform-for-static-hosting --output-path "$work/$module.doccarchive" > "$work/$module.log" 2>&1 || {
        cat "$work/$module.log" >&2
        exit 1
    }
    archives+=("$work/$module.doccarchive")
done
rm -rf "$target"
"$tools/docc" merge "${archives[@]}" --synthesized-landing-page-name nwc --output-path "$target"
# The page of its own at the top is empty.
[ -f "$target/documentation/index.html" ] || {
    echo "docs: $target/documentation/index.html was not made" >&2
    exit 1
}
cat > "$target/index.html" << 'HTML'
<!DOCTYPE html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=documentation/">
<title>nwc</title>
<a href="documentation/">Documentation of nwc</a>
HTML
echo "Documentation in $target. To read it: python3 -m http.server --directory $target, then http://localhost:8000"
